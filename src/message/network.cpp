#include "message/network.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include <arpa/inet.h>

namespace tollgate {

bool contains(const Network& network, const IpAddress& address) {
  if (network.address.version != address.version) return false;
  const auto whole = static_cast<std::ptrdiff_t>(network.prefix_bits / 8U);
  const auto& octets = network.address.octets;
  if (!std::equal(octets.begin(), octets.begin() + whole, address.octets.begin())) return false;
  const unsigned rest = network.prefix_bits % 8U;
  if (rest == 0) return true;
  const auto mask = static_cast<std::byte>(0xffU << (8U - rest));
  const auto last = static_cast<std::size_t>(whole);
  return (address.octets[last] & mask) == (octets[last] & mask);
}

std::optional<IpAddress> read_ip_address(const std::string& text) {
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.octets.data()) == 1) address.version = 4;
  else if (inet_pton(AF_INET6, text.c_str(), address.octets.data()) == 1) address.version = 6;
  else return std::nullopt;
  return address;
}

std::optional<Network> read_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto address = read_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->version == 4 ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    if (read.ec != std::errc{} || read.ptr != end || bits > most) return std::nullopt;
  }
  return Network{*address, static_cast<std::uint8_t>(bits)};
}

}  // namespace tollgate
