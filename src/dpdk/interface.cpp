#include "dpdk/interface.hpp"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tollgate::dpdk {

std::optional<Interface> find_interface(const std::string& name) {
  Interface interface;
  interface.index = if_nametoindex(name.c_str());
  if (interface.index == 0) return std::nullopt;
  ifreq request{};
  std::memcpy(request.ifr_name, name.data(), name.size());  // its length was good enough for if_nametoindex
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return std::nullopt;
  if (::ioctl(socket, SIOCGIFFLAGS, &request) == 0) {
    const auto flags = static_cast<unsigned short>(request.ifr_flags);
    interface.up = (flags & IFF_UP) != 0;
    interface.promiscuous = (flags & IFF_PROMISC) != 0;
  }
  if (::ioctl(socket, SIOCGIFMTU, &request) == 0) interface.mtu = static_cast<std::uint32_t>(request.ifr_mtu);
  ::close(socket);
  return interface;
}

InterfaceLink find_link(const std::string& name) {
  InterfaceLink link;
  if (if_nametoindex(name.c_str()) == 0) return link;
  ifreq request{};
  std::memcpy(request.ifr_name, name.data(), name.size());
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return link;
  if (::ioctl(socket, SIOCGIFFLAGS, &request) == 0)
    link.up = (static_cast<unsigned short>(request.ifr_flags) & IFF_RUNNING) != 0;
  ethtool_cmd settings{};
  settings.cmd = ETHTOOL_GSET;
  request.ifr_data = reinterpret_cast<char*>(&settings);
  if (::ioctl(socket, SIOCETHTOOL, &request) == 0) {
    const std::uint32_t mbps = ethtool_cmd_speed(&settings);
    if (mbps != 0 && mbps != static_cast<std::uint32_t>(SPEED_UNKNOWN)) link.mbps = mbps;
    if (settings.duplex != DUPLEX_UNKNOWN) link.full_duplex = settings.duplex == DUPLEX_FULL;
  }
  ::close(socket);
  return link;
}

namespace {

/// 0 where `socket` is none of that interface's.
std::uint64_t take_lost_by(int socket, unsigned interface) {
  int domain = 0;
  socklen_t size = sizeof domain;
  if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_PACKET) return 0;
  sockaddr_ll bound{};
  size = sizeof bound;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  tpacket_stats lost{};
  size = sizeof lost;
  if (static_cast<unsigned>(bound.sll_ifindex) != interface ||
      ::getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &lost, &size) != 0)  // the kernel begins anew
    return 0;
  return lost.tp_drops;
}

}  // namespace

/// The driver does not tell, nor which sockets are its own.
std::uint64_t take_lost_frames(unsigned interface) {
  std::uint64_t all = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored))
    all += take_lost_by(std::atoi(entry.path().filename().c_str()), interface);
  return all;
}

bool may_open_packet_sockets() {
  const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  ::close(socket);
  return true;
}

}  // namespace tollgate::dpdk

/// The driver net_af_packet lets the kernel put fragments of IPv4 together (packet(7),
/// PACKET_FANOUT_FLAG_DEFRAG), and has no argument against it. What is longer than a frame is lost then, and
/// nothing leaves in the pieces in which it came. So the driver's calls, like all of this program, come by
/// here.
extern "C" int setsockopt(int socket, int level, int name, const void* value, socklen_t size) noexcept {
  constexpr unsigned defragment = unsigned{PACKET_FANOUT_FLAG_DEFRAG} << 16U;
  unsigned fanout = 0;
  if (level == SOL_PACKET && name == PACKET_FANOUT && size == sizeof fanout) {
    std::memcpy(&fanout, value, sizeof fanout);
    fanout &= ~defragment;
    value = &fanout;
  }
  return static_cast<int>(::syscall(SYS_setsockopt, socket, level, name, value, size));
}
