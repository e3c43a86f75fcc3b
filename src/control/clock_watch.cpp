#include "control/clock_watch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control/utc.hpp"

namespace tollgate::control {
namespace {

constexpr std::uint64_t day_ns = 86'400 * second_ns;
constexpr std::uint64_t longest_silence_ns = 31 * day_ns;

/// From one time to a later one; 0 where it is not later.
std::uint64_t between(std::uint64_t from_ns, std::uint64_t to_ns) { return to_ns - std::min(from_ns, to_ns); }

}  // namespace

std::string ClockWatch::doubt(Times now) const {
  const std::uint64_t gained_ns =
      between(between(start_.steady_ns, now.steady_ns), between(start_.utc_ns, now.utc_ns));
  if (gained_ns > day_ns)
    return fmt::format("the clock was set ahead by {} days since this process began", gained_ns / day_ns);
  if (last_ns_ != 0 && between(last_ns_, start_.utc_ns) > longest_silence_ns)
    return fmt::format("by the clock, the process before this one wrote last {} days before it began, at {}",
                       between(last_ns_, start_.utc_ns) / day_ns, to_utc(last_ns_));
  return {};
}

}  // namespace tollgate::control
