#include "traffic/host.hpp"

#include <fmt/format.h>

namespace tollgate::traffic {

Host ipv4_host(unsigned network, unsigned host, std::uint16_t port) {
  static constexpr std::array<std::array<std::uint8_t, 3>, 3> networks{
      {{192, 0, 2}, {198, 51, 100}, {203, 0, 113}}};
  const auto& prefix = networks.at(network);
  Host made;
  made.name = fmt::format("{}.{}.{}.{}", prefix[0], prefix[1], prefix[2], host);
  made.address = {prefix[0], prefix[1], prefix[2], static_cast<std::uint8_t>(host)};
  made.port = port;
  return made;
}

Host ipv6_host(unsigned network, unsigned host, std::uint16_t port) {
  Host made;
  made.name = fmt::format("2001:db8:{:x}::{:x}", network, host);
  made.address = {0x20, 0x01, 0x0d, 0xb8};
  made.address[5] = static_cast<std::uint8_t>(network);
  made.address[15] = static_cast<std::uint8_t>(host);
  made.v6 = true;
  made.port = port;
  return made;
}

}  // namespace tollgate::traffic
