#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace tollgate::cli {

/// How much an appliance had to do lately: of counters that are looked at now and then. Time is passed in, in
/// nanoseconds.
class RecentRates {
 public:
  static constexpr std::uint64_t window_ns = 10'000'000'000;  ///< or as long as there are samples
  static constexpr std::uint64_t between_ns = 1'000'000'000;

  /// Counters at one moment.
  struct Sample {
    std::uint64_t time_ns = 0;
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;
    std::uint64_t messages = 0;
    std::uint64_t events = 0;
    std::vector<std::uint64_t> busy_ns;  ///< by worker
  };
  /// By the second, since a moment `seconds` ago; all 0 where nothing was sampled before.
  struct Rates {
    double seconds = 0;
    double packets = 0;
    double octets = 0;
    double messages = 0;
    double events = 0;
    std::vector<double> busy;  ///< by worker: the share of the time
  };

  /// Whether the time has come to add a sample.
  bool is_due(std::uint64_t now_ns) const {
    return samples_.empty() || now_ns - samples_.back().time_ns >= between_ns;
  }
  void add(Sample sample);

  Rates until(const Sample& now) const;

 private:
  std::deque<Sample> samples_;  ///< the oldest first: the window's, and the last one before it
};

}  // namespace tollgate::cli
