#include "enforce/ip_fragment.hpp"

#include <cassert>
#include <cstring>

#include "decode/ip.hpp"
#include "enforce/put.hpp"

namespace tollgate::enforce {
namespace {

constexpr std::size_t longest = 65'535;

// Where fields stand in the IPv4 header, RFC 791 3.1
constexpr std::size_t total_length_at = 2;
constexpr std::size_t flags_at = 6;
constexpr std::size_t checksum_at = 10;
constexpr auto more_fragments = std::byte{0x20};
constexpr auto other_flags = std::byte{0xC0};

// In the IPv6 header, RFC 8200 3, and in the fragment header, 4.5
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t payload_length_at = 4;
constexpr std::size_t next_header_at = 6;
constexpr std::size_t fragment_header = 8;
constexpr std::size_t fragment_flags_at = 3;
constexpr auto more = std::byte{1};

bool is_ipv4(const std::byte* ip) { return std::to_integer<unsigned>(ip[0]) >> 4U == 4; }

void set_length(std::byte* ip, std::size_t size) {
  if (!is_ipv4(ip)) return put16(ip + payload_length_at, size - ipv6_header);
  put16(ip + total_length_at, size);
  put16(ip + checksum_at, 0);
  const std::size_t header = std::size_t{4} * (std::to_integer<unsigned>(ip[0]) & 0xfU);
  put_checksum(ip + checksum_at, decode::checksum_add(0, {ip, header}));
}

/// Where the headers before the fragment header say what comes next: in the last of them.
std::size_t last_next_header_at(const std::byte* ip, std::size_t size) {
  std::size_t said_at = next_header_at;
  for (std::size_t at = ipv6_header; at + 1 < size;) {
    const std::size_t units = std::to_integer<std::size_t>(ip[at + 1]);
    const bool ah = std::to_integer<std::uint8_t>(ip[said_at]) == decode::ip_protocol_ah;
    said_at = at;
    at += ah ? 4 * (2 + units) : 8 * (1 + units);
  }
  return said_at;
}

}  // namespace

std::size_t headers_without_fragment(Octets packet, std::size_t ip_at, std::size_t payload_at) {
  return is_ipv4(packet.data() + ip_at) ? payload_at : payload_at - fragment_header;
}

bool write_datagram(std::span<std::byte> into, const IpDatagram& datagram) {
  const std::size_t ip_headers = datagram.headers - datagram.ip_at;
  const std::size_t size = ip_headers + datagram.payload.size();
  const bool ipv4 = is_ipv4(datagram.fragment.data() + datagram.ip_at);
  if ((ipv4 ? size : size - ipv6_header) > longest) return false;
  assert(into.size() >= datagram.ip_at + size);
  std::memcpy(into.data(), datagram.fragment.data(), datagram.headers);
  std::memcpy(into.data() + datagram.headers, datagram.payload.data(), datagram.payload.size());
  std::byte* const ip = into.data() + datagram.ip_at;
  if (ipv4) {
    ip[flags_at] &= other_flags;
    ip[flags_at + 1] = std::byte{0};
  } else {
    put8(ip + last_next_header_at(ip, ip_headers), datagram.protocol);
  }
  set_length(ip, size);
  return true;
}

std::size_t end_fragment(std::span<std::byte> packet, std::size_t ip_at, std::size_t payload_at,
                         std::size_t size) {
  std::byte* const ip = packet.data() + ip_at;
  if (is_ipv4(ip)) ip[flags_at] &= ~more_fragments;
  else packet[payload_at - fragment_header + fragment_flags_at] &= ~more;
  set_length(ip, payload_at - ip_at + size);
  return payload_at + size;
}

}  // namespace tollgate::enforce
