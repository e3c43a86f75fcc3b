#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "message/counters.hpp"

struct rte_mbuf;

namespace tollgate::dpdk {

/// Collects packets that leave by ports, and sends them in bursts. One thread's.
class Sender {
 public:
  /// `queue`: its own, of each port; `ports`: their numbers are below it.
  Sender(Counters& counters, std::uint16_t queue, std::uint16_t ports)
      : counters_(counters), queue_(queue), leaving_(ports) {}

  void send(std::uint16_t port, rte_mbuf* packet) {
    Leaving& leaving = leaving_[port];
    leaving.packets[leaving.count++] = packet;
    if (leaving.count == burst) flush(port, leaving);
  }

  /// To be called when what came has been worked off.
  void flush() {
    for (std::uint16_t port = 0; port < leaving_.size(); ++port)
      if (leaving_[port].count != 0) flush(port, leaving_[port]);
  }

 private:
  static constexpr std::uint16_t burst = 32;
  struct Leaving {
    std::array<rte_mbuf*, burst> packets{};
    std::uint16_t count = 0;
    bool stuck = false;  ///< the port took nothing the last time
  };

  void flush(std::uint16_t port, Leaving& leaving);

  Counters& counters_;
  std::uint16_t queue_;
  std::vector<Leaving> leaving_;  ///< by port
};

}  // namespace tollgate::dpdk
