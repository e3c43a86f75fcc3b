#include "dpdk/interface.hpp"

#include <cstring>

#include <linux/if_packet.h>
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
