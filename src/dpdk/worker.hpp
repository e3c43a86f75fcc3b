#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "dpdk/clock.hpp"
#include "engine/engine.hpp"
#include "message/counters.hpp"

struct rte_mbuf;
struct rte_mempool;

namespace tollgate::dpdk {

/// A port as a worker sees it.
struct WorkerPort {
  std::uint16_t id = 0;        ///< DPDK's
  std::uint16_t opposite = 0;  ///< where its packets leave; of a tap itself
  std::uint16_t link = 0;
  Side side = Side::outside;
  bool tap = false;
};

/// What is done with a worker's engine and the shell's own counters.
using WorkerTask = std::function<void(engine::Engine&, const Counters&)>;

/// The loop of one core, run to completion: bursts from its queue of each port, through its engine, to the
/// opposite port.
class Worker final : private engine::Output {
 public:
  /// `queue`: its own, of each port. `pool`: for packets that the engine makes.
  Worker(engine::Engine& engine, const std::vector<WorkerPort>& ports, std::uint16_t queue,
         rte_mempool* pool);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Works until stop() is called: then takes what has come already, and lets everything out. On a thread of
  /// its own.
  void run();

  // From other threads:

  void stop() { stop_.store(true, std::memory_order_relaxed); }

  /// Calls `task` on the worker's thread, between two bursts, and returns when that is done. Not for two
  /// threads at once; run() must be running.
  void between_bursts(const WorkerTask& task);

  /// What the engine and the shell around it count. Once run() has returned.
  Counters counters() const;

 private:
  static constexpr std::uint16_t burst = 32;

  /// What leaves by a port.
  struct Leaving {
    std::array<rte_mbuf*, burst> packets{};
    std::uint16_t count = 0;
    bool stuck = false;  ///< the port took nothing the last time
  };

  void send(const engine::Packet& packet) override;
  void drop(const engine::Packet& packet) override;
  bool make(std::size_t size, engine::Packet& packet) override;

  unsigned turn();
  unsigned receive(const WorkerPort& port);
  void pass_time(unsigned packets);
  void run_task();
  void flush(std::uint16_t port, Leaving& leaving);
  void finish();

  engine::Engine& engine_;
  std::vector<WorkerPort> ports_;
  /// By link: the ports of its outside and its inside, as indices of `ports_`.
  std::vector<std::array<std::uint16_t, 2>> by_link_;
  std::vector<Leaving> leaving_;  ///< by index of `ports_`
  std::uint16_t queue_;
  rte_mempool* pool_;
  Clock clock_;
  Counters counters_;
  std::uint64_t frames_ = 0;
  std::uint64_t now_ = 0;
  std::uint64_t last_packet_ = 0;  ///< when it came
  std::uint64_t last_tick_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<const WorkerTask*> task_{nullptr};
};

}  // namespace tollgate::dpdk
