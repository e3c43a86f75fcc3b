#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/log_level.hpp"
#include "cli/log_place.hpp"

namespace tollgate::cli {

/// Keeps a log from being flooded. Of each kind of line some may be written in a minute, which begins with
/// the first of them; the others are counted, and told of once when it is over. Bounded: of a program with
/// more kinds than `most_kinds` the last ones are limited together. Time is passed in, in nanoseconds that
/// never go backwards.
class LogLimiter {
 public:
  static constexpr std::uint64_t window_ns = 60'000'000'000;
  static constexpr unsigned most_lines = 10;
  static constexpr std::size_t most_kinds = 256;
  static constexpr std::size_t longest_kept = 200;  ///< octets of a line that was left out

  /// Lines of a kind that were not written.
  struct LeftOut {
    LogLevel level = LogLevel::info;
    std::uint64_t lines = 0;
    std::string last;  ///< of them, its beginning
  };

  /// What was left out in minutes that are over, each told once. To be called before `admits`, too.
  std::vector<LeftOut> take_left_out(std::uint64_t now_ns);
  /// The same at the end of the process, also of minutes that are not over.
  std::vector<LeftOut> take_all_left_out() { return take_left_out(UINT64_MAX); }

  /// Whether a line may be written; else it is counted.
  bool admits(const LogPlace& place, LogLevel level, std::string_view text, std::uint64_t now_ns,
              unsigned most = most_lines);

 private:
  struct Kind {
    std::uint64_t began_ns = 0;
    unsigned written = 0;
    LeftOut left_out;
  };

  Kind& kind_of(const LogPlace& place, std::uint64_t now_ns);

  std::map<LogPlace, Kind> kinds_;  ///< whose minute is not over, or not told of
};

}  // namespace tollgate::cli
