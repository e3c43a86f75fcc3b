#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace tollgate::dpdk {

/// The time of day, which never goes backwards: where somebody sets it back, this one runs at half speed
/// until both agree. One a thread.
class Clock {
 public:
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  std::uint64_t now() {
    const std::int64_t steady = read(CLOCK_MONOTONIC);
    if (steady - corrected_ >= second) {
      const std::int64_t difference = read(CLOCK_REALTIME) - steady;
      ahead_ = corrected_ < 0 ? difference : std::max(difference, ahead_ - second / 2);
      corrected_ = steady;
    }
    return static_cast<std::uint64_t>(steady + ahead_);
  }

 private:
  static constexpr std::int64_t second = 1'000'000'000;

  static std::int64_t read(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * second + time.tv_nsec;
  }

  std::int64_t ahead_ = 0;  ///< of the time of day before the steady clock
  std::int64_t corrected_ = -second;
};

}  // namespace tollgate::dpdk
