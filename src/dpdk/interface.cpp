#include "dpdk/interface.hpp"

#include <cstring>

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
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
