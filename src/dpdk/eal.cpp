#include "dpdk/eal.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <pthread.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <sched.h>
#include <unistd.h>

namespace tollgate::dpdk {
namespace {

int first_cpu(const cpu_set_t& cpus) {
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &cpus)) return cpu;
  }
  return 0;
}

/// EAL makes a directory for files that replay has none of; with --no-shconf nothing in it is needed. Its
/// parent stays: another process may be about to use it.
void remove_runtime_directory() { ::rmdir(rte_eal_get_runtime_dir()); }

}  // namespace

Eal::Eal(std::uint32_t memory_mib) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) throw std::runtime_error(std::strerror(errno));

  std::array<std::string, 11> arguments{"tollgate",
                                        "--no-huge",
                                        "--no-pci",
                                        "--no-shconf",
                                        "--no-telemetry",
                                        "--iova-mode=va",
                                        "--log-level=*:error",
                                        fmt::format("--lcores=0@{}", first_cpu(cpus)),
                                        "-m",
                                        fmt::format("{}", memory_mib),
                                        fmt::format("--file-prefix=tollgate-{}", getpid())};
  std::array<char*, arguments.size()> argv{};
  for (std::size_t i = 0; i < argv.size(); ++i) argv[i] = arguments[i].data();
  if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
    throw std::runtime_error(fmt::format("DPDK does not start: {}", rte_strerror(rte_errno)));
  }
  remove_runtime_directory();
  // EAL binds this thread to one CPU; replays that run side by side would share it while others are idle.
  pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
}

Eal::~Eal() { rte_eal_cleanup(); }

}  // namespace tollgate::dpdk
