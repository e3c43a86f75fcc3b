#include "dpdk/appliance.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>
#include <sched.h>
#include <unistd.h>

namespace tollgate::dpdk {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t reserved_mib = 32;  ///< for all that is no packet
constexpr std::uint64_t page = 4096;
constexpr unsigned cached_buffers = 256;       ///< by each worker
constexpr std::uint64_t least_buffers = 4096;  ///< by each worker
constexpr std::uint64_t most_buffers = std::uint64_t{1} << 20U;
constexpr std::uint32_t least_room = 2048;

constexpr unsigned to_worker_size = 4096;
constexpr unsigned from_worker_size = 8192;

/// EAL binds its threads; who wants them bound starts Tollgate so, and dedicates CPUs to it.
void set_free() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(getpid(), sizeof cpus, &cpus) == 0)
    pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
}

template <class Loop>
int run_loop(void* loop) {
  set_free();
  static_cast<Loop*>(loop)->run();
  return 0;
}

void launch(lcore_function_t* loop, void* argument, unsigned lcore) {
  if (rte_eal_remote_launch(loop, argument, lcore) != 0)
    throw std::runtime_error("DPDK has no thread for a worker");
}

rte_ring* make_ring(const std::string& name, unsigned size, unsigned flags = RING_F_SP_ENQ | RING_F_SC_DEQ) {
  rte_ring* ring = rte_ring_create(name.c_str(), size, SOCKET_ID_ANY, flags);
  if (ring == nullptr)
    throw std::runtime_error(fmt::format("DPDK cannot make a ring: {}", rte_strerror(rte_errno)));
  return ring;
}

}  // namespace

void Appliance::FreePool::operator()(rte_mempool* pool) const { rte_mempool_free(pool); }

Eal Appliance::start_eal(const ApplianceSettings& settings) {
  EalSettings eal{
      .memory_mib = settings.memory_mib,
      .huge_pages = settings.huge_pages,
      .threads = settings.workers == 1 ? 1 : settings.workers + 1};  // a distributor may be needed
  for (const LinkPorts& link : settings.links) {
    for (const std::string& device : {link.outside, link.inside}) {
      // What can be known before DPDK starts is told before.
      if (is_pci_address(device)) eal.pci.push_back(device);
      else if (!device.empty()) frame_room(device);
    }
  }
  return Eal(eal);
}

Appliance::Appliance(const ApplianceSettings& settings, const std::vector<Link>& links)
    : eal_(start_eal(settings)), queues_(static_cast<std::uint16_t>(settings.workers)) {
  make_pool(settings);
  for (std::uint16_t link = 0; link < settings.links.size(); ++link) {
    const auto open = [&](const std::string& device, Side side) {
      ports_.push_back({.port = std::make_unique<Port>(device)});
      worker_ports_.push_back({.id = ports_.back().port->id(),
                               .link = link,
                               .side = side,
                               .tap = links[link].tap,
                               .closed = links[link].closed});
    };
    open(settings.links[link].outside, Side::outside);
    if (!links[link].tap) open(settings.links[link].inside, Side::inside);
  }
  const bool spread = std::all_of(ports_.begin(), ports_.end(),
                                  [&](const WatchedPort& port) { return port.port->can_spread(queues_); });
  if (settings.workers > 1) spread ? make_rings_between_workers() : make_distributor();
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    ports_[i].port->start(queues_, pool_.get());
    worker_ports_[i].ring = ports_[i].port->ring();
  }
}

Appliance::~Appliance() {
  stop();
  for (const WorkerRings& rings : rings_) {
    rte_ring_free(rings.to_worker);
    rte_ring_free(rings.from_worker);
  }
  for (rte_ring* ring : between_workers_) rte_ring_free(ring);
}

void Appliance::make_distributor() {
  for (unsigned i = 0; i < queues_; ++i)
    rings_.push_back({.to_worker = make_ring(fmt::format("to_worker_{}", i), to_worker_size),
                      .from_worker = make_ring(fmt::format("from_worker_{}", i), from_worker_size)});
  queues_ = 1;
  std::vector<std::uint16_t> ports;
  for (const WatchedPort& port : ports_) ports.push_back(port.port->id());
  distributor_ = std::make_unique<Distributor>(std::move(ports), rings_);
}

/// Ports spread SCTP by addresses, too.
void Appliance::make_rings_between_workers() {
  for (unsigned i = 0; i < queues_; ++i)
    between_workers_.push_back(make_ring(fmt::format("to_worker_{}", i), to_worker_size, RING_F_SC_DEQ));
}

void Appliance::make_pool(const ApplianceSettings& settings) {
  std::uint32_t room = least_room;
  for (const LinkPorts& link : settings.links) {
    for (const std::string& device : {link.outside, link.inside})
      if (!device.empty()) room = std::max(room, frame_room(device));
  }
  room += RTE_PKTMBUF_HEADROOM;
  if (room > UINT16_MAX) throw std::runtime_error(fmt::format("frames of {} octets are too long", room));
  std::uint64_t each = room + sizeof(rte_mbuf) + 2 * RTE_CACHE_LINE_SIZE;
  if (!settings.huge_pages) each = (each + page - 1) / page * page;  // a buffer does not lie across two pages
  const std::uint64_t buffers =
      settings.memory_mib <= reserved_mib ? 0 : (settings.memory_mib - reserved_mib) * mib / each;
  std::uint64_t least = least_buffers;
  for (const LinkPorts& link : settings.links)
    least += Port::buffers_of_a_queue(link.outside) + Port::buffers_of_a_queue(link.inside);
  least *= settings.workers;
  if (buffers < least) {
    throw std::runtime_error(
        fmt::format("memory.mib: {} MiB are too little for {} packets of {} octets; at least {} are needed",
                    settings.memory_mib, least, room, reserved_mib + (least * each + mib - 1) / mib));
  }
  pool_.reset(rte_pktmbuf_pool_create("packets", static_cast<unsigned>(std::min(buffers, most_buffers)),
                                      cached_buffers, 0, static_cast<std::uint16_t>(room), SOCKET_ID_ANY));
  if (!pool_)
    throw std::runtime_error(fmt::format("DPDK cannot make packet buffers of {} MiB: {}", settings.memory_mib,
                                         rte_strerror(rte_errno)));
}

void Appliance::start(const std::vector<engine::Engine*>& engines) {
  unsigned lcore = 0;
  for (std::uint16_t i = 0; i < engines.size(); ++i) {
    workers_.push_back(std::make_unique<Worker>(
        *engines[i], WorkerSettings{.ports = worker_ports_,
                                    .number = i,
                                    .workers = static_cast<std::uint16_t>(engines.size()),
                                    .rings = !rings_.empty(),
                                    .distributor = rings_.empty() ? WorkerRings{} : rings_[i],
                                    .from_others = between_workers_,
                                    .pool = pool_.get()}));
    launch(run_loop<Worker>, workers_.back().get(), ++lcore);
  }
  if (distributor_) launch(run_loop<Distributor>, distributor_.get(), ++lcore);
  running_ = true;
}

void Appliance::between_bursts(const WorkerTask& task) {
  for (const auto& worker : workers_) worker->between_bursts(task);
}

/// On the one thread that uses all ports. There is none where several workers have queues of their own.
void Appliance::on_port_thread(const std::function<void()>& task) {
  if (distributor_) return distributor_->between_bursts(task);
  workers_.front()->between_bursts([&](engine::Engine&, const Counters&) { task(); });
}

void Appliance::look_at_ports(const std::function<void(const std::string&, bool)>& tell) {
  using State = Port::State;
  for (WatchedPort& watched : ports_) {
    Port& port = *watched.port;
    const State before = std::exchange(watched.state, port.look());
    if (watched.state == State::replaced) {
      std::string failure;
      on_port_thread([&] {
        try {
          port.reopen(queues_, pool_.get());
        } catch (const std::exception& error) {
          failure = error.what();
        }
      });
      if (failure.empty()) watched.state = State::works;
      else if (before != State::replaced) tell(failure, false);
    }
    if (watched.state == before) continue;
    const std::string name = fmt::format("port `{}`: ", port.device());
    if (watched.state == State::works) tell(name + "its interface is back", true);
    if (watched.state == State::down) tell(name + "its interface is down", false);
    if (watched.state == State::gone) tell(name + "its interface is gone", false);
  }
}

void Appliance::stop() {
  if (!running_) return;
  running_ = false;
  for (const auto& worker : workers_) worker->stop();
  if (distributor_) {
    for (const auto& worker : workers_)
      while (!worker->left()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    distributor_->stop_receiving();
    for (const auto& worker : workers_) worker->end_input();
  }
  for (unsigned lcore = 1; lcore <= workers_.size(); ++lcore) rte_eal_wait_lcore(lcore);
  if (distributor_) distributor_->stop();
  rte_eal_mp_wait_lcore();
}

std::vector<Appliance::LossesOfPort> Appliance::losses() {
  std::vector<LossesOfPort> all;
  for (const WatchedPort& port : ports_)
    all.push_back({port.port->device(), port.port->losses(), port.state == Port::State::works});
  return all;
}

std::vector<Appliance::PortHealth> Appliance::port_health() {
  std::vector<PortHealth> all;
  for (const WatchedPort& port : ports_)
    all.push_back(
        {port.port->device(), port.port->losses(), port.state == Port::State::works, port.port->link()});
  return all;
}

std::vector<std::uint64_t> Appliance::busy_ns() const {
  std::vector<std::uint64_t> all;
  for (const auto& worker : workers_) all.push_back(worker->busy_ns());
  return all;
}

std::vector<Appliance::Queue> Appliance::queues() const {
  std::vector<Queue> all;
  const auto add = [&](std::size_t worker, bool to_worker, const rte_ring* ring) {
    all.push_back({worker, to_worker, rte_ring_count(ring), rte_ring_get_capacity(ring)});
  };
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    add(i, true, rings_[i].to_worker);
    add(i, false, rings_[i].from_worker);
  }
  for (std::size_t i = 0; i < between_workers_.size(); ++i) add(i, true, between_workers_[i]);
  return all;
}

engine::TableUses Appliance::tables() {
  engine::TableUses all;
  between_bursts([&](engine::Engine& engine, const Counters&) { all.add(engine.tables()); });
  if (distributor_)
    distributor_->between_bursts(
        [&] { all.of(engine::Table::ip_spread_datagrams) = distributor_->fragment_use(); });
  return all;
}

engine::StageClock::Source Appliance::ticks() {
  return {.ticks = [] { return rte_rdtsc(); }, .ns_per_tick = 1e9 / static_cast<double>(rte_get_tsc_hz())};
}

Counters Appliance::counters() {
  Counters all;
  for (const LossesOfPort& port : losses()) {
    all.add(Count::lost_port_full, port.losses.full);
    all.add(Count::lost_port_no_buffer, port.losses.no_buffer);
    all.add(Count::lost_port_error, port.losses.errors);
  }
  if (running_) {
    between_bursts([&](engine::Engine& engine, const Counters& shell) {
      all.add(engine.counters());
      all.add(shell);
    });
    if (distributor_) distributor_->between_bursts([&] { all.add(distributor_->counters()); });
    return all;
  }
  for (const auto& worker : workers_) all.add(worker->counters());
  if (distributor_) all.add(distributor_->counters());
  return all;
}

}  // namespace tollgate::dpdk
