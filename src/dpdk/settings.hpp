#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tollgate::dpdk {

/// The two ports of a link, as DPDK names devices: `net_af_packet0,iface=eth1`, or the PCI address of a
/// network card, `0000:3b:00.0`.
struct LinkPorts {
  std::string outside;
  std::string inside;  ///< empty: a tap
};

/// What the appliance needs beside the engine's settings.
struct ApplianceSettings {
  std::vector<LinkPorts> links;  ///< by engine::Packet::link; at least one
  std::uint32_t workers = 1;
  std::uint32_t memory_mib = 256;  ///< for packets
  bool huge_pages = false;
};

/// Whether `device` is the address of a PCI device, and no driver's name.
bool is_pci_address(const std::string& device);

/// What `device` gives for `key`, as `iface` in `net_af_packet0,iface=eth1`; empty where it gives none.
std::string device_argument(const std::string& device, const std::string& key);

/// `net_af_packet0` of `net_af_packet0,iface=eth1`.
std::string device_name(const std::string& device);

}  // namespace tollgate::dpdk
