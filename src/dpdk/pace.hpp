#pragma once

#include <cstdint>

#include <unistd.h>

namespace tollgate::dpdk {

/// A loop that polls takes a whole core. Where nothing has come for a while, it pauses between looks, for
/// less time than what fills a port's ring.
class Pace {
 public:
  /// `now`: nanoseconds.
  void packets_came(std::uint64_t now) { last_packet_ = now; }
  void nothing_came(std::uint64_t now) const {
    if (now - last_packet_ >= busy_ns) usleep(pause_us);
  }

 private:
  static constexpr std::uint64_t busy_ns = 200'000;
  static constexpr useconds_t pause_us = 50;

  std::uint64_t last_packet_ = 0;
};

}  // namespace tollgate::dpdk
