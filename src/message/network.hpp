#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "decode/ip_address.hpp"

namespace tollgate {

/// A range of addresses: `192.0.2.0/24`.
struct Network {
  IpAddress address;
  std::uint8_t prefix_bits = 0;
};

bool contains(const Network& network, const IpAddress& address);

/// The address that is written so; nothing where it is none.
std::optional<IpAddress> read_ip_address(const std::string& text);

/// The network that is written so; an address alone is one of all its bits. Nothing where it is none.
std::optional<Network> read_network(const std::string& text);

}  // namespace tollgate
