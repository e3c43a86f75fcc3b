#pragma once

#include <cstdint>

namespace tollgate::dpdk {

/// DPDK's environment (EAL) for replay: without huge pages, network card or root; several at once do not
/// disturb each other, and no files stay behind. One in a process, once.
class Eal {
 public:
  /// Reserves `memory_mib` of address space for packet buffers. Throws std::runtime_error.
  explicit Eal(std::uint32_t memory_mib);
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;
};

}  // namespace tollgate::dpdk
