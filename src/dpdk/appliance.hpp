#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dpdk/distributor.hpp"
#include "dpdk/eal.hpp"
#include "dpdk/port.hpp"
#include "dpdk/settings.hpp"
#include "dpdk/worker.hpp"
#include "engine/engine.hpp"
#include "message/counters.hpp"
#include "message/link.hpp"

struct rte_mempool;

namespace tollgate::dpdk {

/// The ports and the workers of an appliance. One in a process, once.
class Appliance {
 public:
  /// Starts DPDK and opens the ports. Throws std::runtime_error, with what is missing and how to mend it.
  /// `links`: by the same index.
  Appliance(const ApplianceSettings& settings, const std::vector<Link>& links);
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

  /// Takes what comes of interfaces that went down or away, and came back; tells what is so, and whether the
  /// port works then. To be called now and then, between start() and stop().
  void look_at_ports(const std::function<void(const std::string& what, bool works)>& tell);

  /// What ports have lost, by the device's name.
  struct LossesOfPort {
    std::string device;
    PortLosses losses;
    bool works = false;  ///< when it was looked at last
  };
  std::vector<LossesOfPort> losses();

  /// The same, with what each says of its cable.
  struct PortHealth {
    std::string device;
    PortLosses losses;
    bool works = false;
    PortLink link;
  };
  std::vector<PortHealth> port_health();

  /// For how long each worker had packets to work on.
  std::vector<std::uint64_t> busy_ns() const;

  /// A ring of packets to or from a worker, other than a port's own.
  struct Queue {
    std::size_t worker = 0;
    bool to_worker = true;
    std::uint32_t packets = 0;
    std::uint32_t capacity = 0;
  };
  /// How full they are. None where there is one worker.
  std::vector<Queue> queues() const;

  /// What engines, ports and the shell have counted.
  Counters counters();

  /// How full tables are, all workers' together. Between start() and stop().
  engine::TableUses tables();

  /// How engines measure the stages of a packet.
  static engine::StageClock::Source ticks();

 private:
  static Eal start_eal(const ApplianceSettings& settings);
  void make_pool(const ApplianceSettings& settings);
  void make_distributor();
  void make_rings_between_workers();
  void on_port_thread(const std::function<void()>& task);

  struct FreePool {
    void operator()(rte_mempool* pool) const;
  };
  struct WatchedPort {
    std::unique_ptr<Port> port;
    Port::State state = Port::State::works;
  };

  Eal eal_;
  std::unique_ptr<rte_mempool, FreePool> pool_;
  std::vector<WatchedPort> ports_;
  std::vector<WorkerPort> worker_ports_;
  std::uint16_t queues_;                      ///< of each port: one a worker, or one for all
  std::vector<WorkerRings> rings_;            ///< by worker; none where the ports spread the flows
  std::unique_ptr<Distributor> distributor_;  ///< where there are rings
  std::vector<rte_ring*> between_workers_;    ///< by worker, where there are several and no distributor
  std::vector<std::unique_ptr<Worker>> workers_;
  bool running_ = false;
};

}  // namespace tollgate::dpdk
