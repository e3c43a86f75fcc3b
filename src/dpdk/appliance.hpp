#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dpdk/eal.hpp"
#include "dpdk/port.hpp"
#include "dpdk/settings.hpp"
#include "dpdk/worker.hpp"
#include "engine/engine.hpp"
#include "message/counters.hpp"

struct rte_mempool;

namespace tollgate::dpdk {

/// The ports and the workers of an appliance. One in a process, once.
class Appliance {
 public:
  /// Starts DPDK and opens the ports. Throws std::runtime_error, with what is missing and how to mend it.
  explicit Appliance(const ApplianceSettings& settings);
  /// Ends workers that still run.
  ~Appliance();
  Appliance(const Appliance&) = delete;
  Appliance& operator=(const Appliance&) = delete;

  /// Starts a worker for each engine, as many as the settings have; they must outlive it.
  void start(const std::vector<engine::Engine*>& engines);

  /// Calls `task` for each engine in turn, on its worker's thread, between two bursts; returns when that is
  /// done. Between start() and stop(), not for two threads at once.
  void between_bursts(const WorkerTask& task);

  /// Ends the workers: takes what has come already, and lets everything out that is held.
  void stop();

  /// What engines and the shell have counted.
  Counters counters();

 private:
  static Eal start_eal(const ApplianceSettings& settings);
  void make_pool(const ApplianceSettings& settings);

  struct FreePool {
    void operator()(rte_mempool* pool) const;
  };

  Eal eal_;
  std::unique_ptr<rte_mempool, FreePool> pool_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<WorkerPort> worker_ports_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool running_ = false;
};

}  // namespace tollgate::dpdk
