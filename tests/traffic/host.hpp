#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace tollgate::traffic {

/// One end of an association or connection.
struct Host {
  std::string name;  ///< the IP address as text
  std::array<std::uint8_t, 16> address{};
  bool v6 = false;
  std::uint16_t port = 0;
  std::uint32_t pc = 0;  ///< signalling point code; unused with SMPP
};

/// 192.0.2.0/24, 198.51.100.0/24 and 203.0.113.0/24 (RFC 5737): `network` 0..2.
Host ipv4_host(unsigned network, unsigned host, std::uint16_t port);
/// 2001:db8::/32 (RFC 3849)
Host ipv6_host(unsigned network, unsigned host, std::uint16_t port);

}  // namespace tollgate::traffic
