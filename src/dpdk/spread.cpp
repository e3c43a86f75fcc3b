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

std::uint64_t sum_of(const IpAddress& source, const IpAddress& destination) {
  return mix(number_of(source)) + mix(number_of(destination));
}

std::uint32_t one_of(std::uint32_t workers, std::uint64_t hash) {
  return static_cast<std::uint32_t>((mix(hash) >> 32U) * workers >> 32U);
}

}  // namespace

std::optional<decode::IpPacket> ip_in(Octets frame) {
  const auto link = decode::decode_link(decode::LinkType::ethernet, frame);
  if (!link || link->kind != decode::LinkPayloadKind::ip) return {};
  const auto ip = decode::decode_ip(link->payload);
  if (!ip) return {};
  return *ip;
}

bool has_ports(const decode::IpPacket& packet) {
  return !packet.fragment && packet.payload.size() >= ports_size &&
         (packet.protocol == decode::ip_protocol_sctp || packet.protocol == decode::ip_protocol_tcp ||
          packet.protocol == protocol_udp);
}

// Sums and products do not ask which end is which.
std::uint32_t worker_of(const decode::IpPacket& packet, std::uint32_t workers) {
  if (!has_ports(packet)) return worker_of(packet.source, packet.destination, workers);
  std::uint64_t hash = mix(port(packet.payload, 0) + 1) + mix(port(packet.payload, 2) + 1);
  if (packet.protocol != decode::ip_protocol_sctp) hash += sum_of(packet.source, packet.destination);
  return one_of(workers, hash);
}

std::optional<std::uint32_t> worker_of_association(Octets frame, std::uint32_t workers) {
  const auto ip = ip_in(frame);
  if (!ip || ip->protocol != decode::ip_protocol_sctp || !has_ports(*ip)) return {};
  return worker_of(*ip, workers);
}

std::uint32_t worker_of(const IpAddress& source, const IpAddress& destination, std::uint32_t workers) {
  return one_of(workers, sum_of(source, destination));
}

}  // namespace tollgate::dpdk
