#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tollgate::dpdk {

/// A network interface of the kernel, in the namespace of this process.
struct Interface {
  unsigned index = 0;
  std::uint32_t mtu = 0;
  bool up = false;
  bool promiscuous = false;
};

/// Nothing where there is no such interface.
std::optional<Interface> find_interface(const std::string& name);

/// What an interface says of its cable, or of what stands in its place.
struct InterfaceLink {
  bool up = false;
  std::optional<std::uint32_t> mbps;  ///< nothing where it does not say
  std::optional<bool> full_duplex;
};
/// Down where there is no such interface.
InterfaceLink find_link(const std::string& name);

/// Frames of an interface, by the kernel's number of it, that found no room in a ring which this process
/// shares with the kernel, since this was last asked.
std::uint64_t take_lost_frames(unsigned interface);

/// Whether this process may read and write the frames of interfaces.
bool may_open_packet_sockets();

}  // namespace tollgate::dpdk
