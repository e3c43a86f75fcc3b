#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tollgate::dpdk {

struct EalSettings {
  std::uint32_t memory_mib = 64;  ///< for packet buffers
  bool huge_pages = false;
  std::vector<std::string> pci;  ///< addresses of the cards that may be used; no other is touched
  unsigned threads = 0;          ///< beside this one: lcores 1 to `threads`
};

/// DPDK's environment (EAL). Several processes at once do not disturb each other, and no files stay behind.
/// One in a process, once.
class Eal {
 public:
  /// Throws std::runtime_error.
  explicit Eal(const EalSettings& settings);
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;
};

}  // namespace tollgate::dpdk
