#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dpdk/clock.hpp"
#include "dpdk/distributor.hpp"
#include "dpdk/pace.hpp"
#include "dpdk/sender.hpp"
#include "engine/engine.hpp"
#include "message/counters.hpp"

struct rte_mbuf;
struct rte_mempool;

namespace tollgate::dpdk {

/// A port as a worker sees it.
struct WorkerPort {
  std::uint16_t id = 0;  ///< DPDK's
  std::uint16_t link = 0;
  Side side = Side::outside;
  bool tap = false;
  bool closed = false;     ///< what there is no time to read is dropped
  std::uint32_t ring = 0;  ///< packets that a receive queue of it holds
};

struct WorkerSettings {
  std::vector<WorkerPort> ports;
  std::uint16_t number = 0;  ///< of this worker, of `workers`
  std::uint16_t workers = 1;
  bool rings =
      false;  ///< packets come from a distributor and go to it; else from queue `number` of each port
  WorkerRings distributor;
  /// Where there is none, by worker: what came to another, and is its own. Empty: nothing is.
  std::vector<rte_ring*> from_others;
  rte_mempool* pool = nullptr;  ///< for packets that the engine makes
};

/// What is done with a worker's engine and the shell's own counters.
using WorkerTask = std::function<void(engine::Engine&, const Counters&)>;

/// The loop of one core, run to completion: bursts through its engine, to the opposite ports.
class Worker final : private engine::Output {
 public:
  Worker(engine::Engine& engine, WorkerSettings settings);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Works until stop() is called: then takes what has come already, and lets everything out. On a thread of
  /// its own.
  void run();

  // From other threads:

  void stop() { stop_.store(true, std::memory_order_relaxed); }
  /// After stop(): whether only packets are still to be taken that have come already.
  bool left() const { return left_; }
  /// Of a worker with rings, once left(): the distributor gives nothing more.
  void end_input() { input_ended_ = true; }

  /// Calls `task` on the worker's thread, between two bursts, and returns when that is done. Not for two
  /// threads at once; run() must be running.
  void between_bursts(const WorkerTask& task);

  /// For how long there were packets to work on. Any thread.
  std::uint64_t busy_ns() const { return busy_ns_.load(std::memory_order_relaxed); }

  /// What the engine and the shell around it count. Once run() has returned.
  Counters counters() const;

 private:
  static constexpr std::uint16_t burst = 32;

  void send(const engine::Packet& packet) override;
  void drop(const engine::Packet& packet) override;
  bool make(std::size_t size, engine::Packet& packet) override;

  unsigned turn();
  unsigned receive_from_ports();
  bool is_behind(std::size_t port) const;
  std::uint16_t hand_over(std::span<rte_mbuf*> received);
  unsigned receive_from_ring(rte_ring* ring);
  void take(std::span<rte_mbuf*> received, bool behind);
  void pass_unread(const engine::Packet& packet);
  void flush();
  void pass_time(unsigned packets);
  void run_task();
  void work_until_left(std::uint64_t ns);
  void finish();

  engine::Engine& engine_;
  const WorkerSettings settings_;
  std::vector<WorkerPort> by_id_;  ///< by DPDK's number of the port
  /// By link: DPDK's numbers of the ports of its outside and its inside.
  std::vector<std::array<std::uint16_t, 2>> by_link_;
  std::vector<std::uint32_t> full_bursts_;  ///< by index of settings_.ports: how many without a break
  Counters counters_;
  Sender sender_;
  std::array<rte_mbuf*, burst> to_distributor_{};
  std::uint16_t to_distributor_count_ = 0;
  Clock clock_;
  Pace pace_;
  std::uint64_t next_frame_;
  std::uint64_t now_ = 0;
  std::uint64_t last_tick_ = 0;
  std::uint64_t began_ = 0;                ///< when the turn in hand got its first packet; 0: it has none
  std::atomic<std::uint64_t> busy_ns_{0};  ///< written by the worker only
  std::atomic<bool> stop_{false};
  std::atomic<bool> left_{false};
  std::atomic<bool> input_ended_{false};
  std::atomic<const WorkerTask*> task_{nullptr};
};

}  // namespace tollgate::dpdk
