#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "dpdk/clock.hpp"
#include "dpdk/fragment_spread.hpp"
#include "dpdk/pace.hpp"
#include "dpdk/sender.hpp"
#include "message/counters.hpp"

struct rte_mbuf;
struct rte_ring;

namespace tollgate::dpdk {

/// The rings between the distributor and a worker.
struct WorkerRings {
  rte_ring* to_worker = nullptr;
  rte_ring* from_worker = nullptr;  ///< rte_mbuf::port names where each leaves
};

/// Where ports cannot do it: reads all ports on one core, gives each worker its flows, and sends what they
/// give back.
class Distributor {
 public:
  Distributor(std::vector<std::uint16_t> ports, std::vector<WorkerRings> rings);
  Distributor(const Distributor&) = delete;
  Distributor& operator=(const Distributor&) = delete;

  /// Works until stop(). On a thread of its own.
  void run();

  // From other threads:

  /// Takes what has come already, and nothing after; returns when the workers have it.
  void stop_receiving();
  /// Sends what the workers have given back, and ends. They have ended.
  void stop() { stop_ = true; }
  /// Calls `task` on its thread, between two bursts; returns when that is done.
  void between_bursts(const std::function<void()>& task);

  /// Once run() has returned, or in between_bursts().
  const Counters& counters() const { return counters_; }
  TableUse fragment_use() const { return fragments_.use(); }

 private:
  static constexpr std::uint16_t burst = 32;
  /// What a worker is about to be given.
  struct Share {
    std::array<rte_mbuf*, burst> packets{};
    unsigned count = 0;
  };

  unsigned receive(std::uint64_t now);
  unsigned receive(std::uint16_t port, std::uint64_t now);
  void give(FragmentSpread::Gone fragments);
  void give(std::uint32_t worker, rte_mbuf* packet);
  void hand_over(std::uint32_t worker);
  void hand_over();
  unsigned send();

  std::vector<std::uint16_t> ports_;
  std::vector<WorkerRings> rings_;
  std::vector<Share> shares_;  ///< by worker
  Counters counters_;
  FragmentSpread fragments_;
  Sender sender_;
  Clock clock_;
  Pace pace_;
  bool receiving_ = true;
  std::atomic<bool> stop_receiving_{false};
  std::atomic<bool> stopped_receiving_{false};
  std::atomic<bool> stop_{false};
  std::atomic<const std::function<void()>*> task_{nullptr};
};

}  // namespace tollgate::dpdk
