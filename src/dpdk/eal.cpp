#include "dpdk/eal.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

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

/// The number in a line of /proc/meminfo, 0 where there is none.
std::uint64_t meminfo(std::string_view name) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10);
  }
  return 0;
}

void need_huge_pages(std::uint64_t mib) {
  const std::uint64_t page_kib = meminfo("Hugepagesize");
  const std::uint64_t free_mib = meminfo("HugePages_Free") * page_kib / 1024;
  if (free_mib >= mib) return;
  throw std::runtime_error(
      fmt::format("memory.huge_pages asks for {0} MiB, of which {1} are free; `sysctl vm.nr_hugepages={2}` "
                  "makes room, or "
                  "write `huge_pages: false`",
                  mib, free_mib, page_kib == 0 ? mib : (mib * 1024 + page_kib - 1) / page_kib));
}

/// Without huge pages EAL takes what it is told to as long as there are addresses, and fails at its first
/// use.
void need_memory(std::uint64_t mib) {
  const std::uint64_t machine_mib = meminfo("MemTotal") / 1024;
  if (machine_mib == 0 || mib <= machine_mib) return;
  throw std::runtime_error(
      fmt::format("memory.mib asks for {} MiB, and this machine has {}", mib, machine_mib));
}

}  // namespace

Eal::Eal(const EalSettings& settings) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) throw std::runtime_error(std::strerror(errno));
  if (settings.huge_pages) need_huge_pages(settings.memory_mib);
  else need_memory(settings.memory_mib);

  std::vector<std::string> arguments{"tollgate",
                                     "--no-telemetry",
                                     "--log-level=*:error",
                                     "-m",
                                     fmt::format("{}", settings.memory_mib),
                                     fmt::format("--file-prefix=tollgate-{}", getpid())};
  if (settings.huge_pages) {
    arguments.emplace_back("--in-memory");
  } else {
    arguments.insert(arguments.end(), {"--no-huge", "--no-shconf"});
  }
  if (settings.pci.empty()) arguments.insert(arguments.end(), {"--no-pci", "--iova-mode=va"});
  for (const std::string& address : settings.pci) arguments.insert(arguments.end(), {"-a", address});
  // All threads begin on one CPU; they are set free below, and by whoever starts workers.
  std::string lcores = "--lcores=";
  for (unsigned i = 0; i <= settings.threads; ++i)
    lcores += fmt::format("{}{}@{}", i == 0 ? "" : ",", i, first_cpu(cpus));
  arguments.push_back(lcores);

  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
    throw std::runtime_error(
        fmt::format("DPDK does not start with {} MiB: {}", settings.memory_mib, rte_strerror(rte_errno)));
  }
  remove_runtime_directory();
  // EAL binds this thread to one CPU; replays that run side by side would share it while others are idle.
  pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
}

Eal::~Eal() { rte_eal_cleanup(); }

}  // namespace tollgate::dpdk
