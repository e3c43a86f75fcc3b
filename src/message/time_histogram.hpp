#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tollgate {

/// Counts durations by how long they are. Plain counters: written by one worker, read by whoever reports
/// between two bursts.
class TimeHistogram {
 public:
  /// Nanoseconds: a duration counts in the first bucket whose bound it does not exceed, else in one more.
  static constexpr std::array<std::uint64_t, 16> bounds_ns{
      50,     100,    200,     500,     1'000,   2'000,     5'000,     10'000,
      20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000, 5'000'000, 20'000'000};

  void add(std::uint64_t ns) {
    std::size_t bucket = 0;
    while (bucket < bounds_ns.size() && ns > bounds_ns[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ns_ += ns;
  }
  void add(const TimeHistogram& other) {
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) counts_[bucket] += other.counts_[bucket];
    sum_ns_ += other.sum_ns_;
  }

  /// By bucket; the last one has what is longer than all bounds.
  const std::array<std::uint64_t, bounds_ns.size() + 1>& counts() const { return counts_; }
  std::uint64_t sum_ns() const { return sum_ns_; }
  std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t count : counts_) all += count;
    return all;
  }

 private:
  std::array<std::uint64_t, bounds_ns.size() + 1> counts_{};
  std::uint64_t sum_ns_ = 0;
};

}  // namespace tollgate
