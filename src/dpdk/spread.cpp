#include "dpdk/spread.hpp"

#include <algorithm>
#include <cstring>

#include "decode/ip.hpp"
#include "decode/link.hpp"

namespace tollgate::dpdk {
namespace {

constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t ports_size = 4;

/// Spreads what differs in any bit over all bits (the end of MurmurHash3).
std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xff51afd7ed558ccdU;
  value ^= value >> 33U;
  value *= 0xc4ceb9fe1a85ec53U;
  return value ^ value >> 33U;
}

std::uint64_t number_of(const IpAddress& address) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof address.octets);
  std::memcpy(halves, address.octets.data(), sizeof halves);
  return mix(halves[0]) + halves[1];
}

std::uint64_t port(Octets payload, std::size_t at) {
  return std::to_integer<std::uint64_t>(payload[at]) << 8U | std::to_integer<std::uint64_t>(payload[at + 1]);
}

}  // namespace

// Sums and products do not ask which end is which.
std::uint32_t worker_of(Octets frame, std::uint32_t workers) {
  const auto link = decode::decode_link(decode::LinkType::ethernet, frame);
  if (!link || link->kind != decode::LinkPayloadKind::ip) return 0;
  const auto ip = decode::decode_ip(link->payload);
  if (!ip) return 0;
  const bool sctp = ip->protocol == decode::ip_protocol_sctp;
  const bool has_ports = !ip->fragment && ip->payload.size() >= ports_size &&
                         (sctp || ip->protocol == decode::ip_protocol_tcp || ip->protocol == protocol_udp);
  std::uint64_t hash = 0;
  if (has_ports) {
    const std::uint64_t one = mix(port(ip->payload, 0) + 1);
    const std::uint64_t other = mix(port(ip->payload, 2) + 1);
    hash = one + other;
  }
  if (!has_ports || !sctp) hash += mix(number_of(ip->source)) + mix(number_of(ip->destination));
  return static_cast<std::uint32_t>((mix(hash) >> 32U) * workers >> 32U);
}

}  // namespace tollgate::dpdk
