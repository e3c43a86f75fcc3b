#include "dpdk/appliance.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <pthread.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <sched.h>
#include <unistd.h>

namespace tollgate::dpdk {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t reserved_mib = 32;  ///< for all that is no packet
constexpr std::uint64_t page = 4096;
constexpr unsigned cached_buffers = 256;  ///< by each worker
constexpr std::uint64_t least_buffers = 4096;
constexpr std::uint64_t most_buffers = std::uint64_t{1} << 20U;
constexpr std::uint32_t least_room = 2048;

int work(void* worker) {
  // EAL binds its threads; who wants them bound starts Tollgate so, and dedicates CPUs to it.
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(getpid(), sizeof cpus, &cpus) == 0)
    pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
  static_cast<Worker*>(worker)->run();
  return 0;
}

}  // namespace

void Appliance::FreePool::operator()(rte_mempool* pool) const { rte_mempool_free(pool); }

Eal Appliance::start_eal(const ApplianceSettings& settings) {
  EalSettings eal{
      .memory_mib = settings.memory_mib, .huge_pages = settings.huge_pages, .workers = settings.workers};
  for (const LinkPorts& link : settings.links) {
    for (const std::string& device : {link.outside, link.inside}) {
      // What can be known before DPDK starts is told before.
      if (is_pci_address(device)) eal.pci.push_back(device);
      else if (!device.empty()) frame_room(device);
    }
  }
  return Eal(eal);
}

Appliance::Appliance(const ApplianceSettings& settings) : eal_(start_eal(settings)) {
  make_pool(settings);
  for (std::uint16_t link = 0; link < settings.links.size(); ++link) {
    const LinkPorts& pair = settings.links[link];
    const auto open = [&](const std::string& device, Side side) {
      ports_.push_back(
          std::make_unique<Port>(device, static_cast<std::uint16_t>(settings.workers), pool_.get()));
      worker_ports_.push_back(
          {.id = ports_.back()->id(), .link = link, .side = side, .tap = pair.inside.empty()});
    };
    open(pair.outside, Side::outside);
    if (!pair.inside.empty()) open(pair.inside, Side::inside);
  }
}

Appliance::~Appliance() { stop(); }

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
  if (buffers < least_buffers) {
    throw std::runtime_error(fmt::format(
        "memory.mib: {} MiB are too little for {} packets of {} octets; at least {} are needed",
        settings.memory_mib, least_buffers, room, reserved_mib + (least_buffers * each + mib - 1) / mib));
  }
  pool_.reset(rte_pktmbuf_pool_create("packets", static_cast<unsigned>(std::min(buffers, most_buffers)),
                                      cached_buffers, 0, static_cast<std::uint16_t>(room), SOCKET_ID_ANY));
  if (!pool_)
    throw std::runtime_error(fmt::format("DPDK cannot make packet buffers of {} MiB: {}", settings.memory_mib,
                                         rte_strerror(rte_errno)));
}

void Appliance::start(const std::vector<engine::Engine*>& engines) {
  for (std::size_t i = 0; i < engines.size(); ++i)
    workers_.push_back(
        std::make_unique<Worker>(*engines[i], worker_ports_, static_cast<std::uint16_t>(i), pool_.get()));
  unsigned lcore = 0;
  for (const auto& worker : workers_) rte_eal_remote_launch(work, worker.get(), ++lcore);
  running_ = true;
}

void Appliance::between_bursts(const WorkerTask& task) {
  for (const auto& worker : workers_) worker->between_bursts(task);
}

void Appliance::stop() {
  if (!running_) return;
  running_ = false;
  for (const auto& worker : workers_) worker->stop();
  rte_eal_mp_wait_lcore();
}

Counters Appliance::counters() {
  Counters all;
  if (running_) {
    between_bursts([&](engine::Engine& engine, const Counters& shell) {
      all.add(engine.counters());
      all.add(shell);
    });
    return all;
  }
  for (const auto& worker : workers_) all.add(worker->counters());
  return all;
}

}  // namespace tollgate::dpdk
