#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "traffic/bytes.hpp"
#include "traffic/host.hpp"

namespace tollgate::traffic {

/// What every packet of the file begins with.
enum class LinkType { ethernet, linux_sll, linux_sll2, raw_ip, mtp2, mtp3, sccp };

/// What stands between the Ethernet header and IP.
enum class Tags { none, vlan, qinq, mpls, mpls_stack, vlan_mpls };

constexpr std::uint8_t ip_protocol_tcp = 6;
constexpr std::uint8_t ip_protocol_sctp = 132;

/// How one IP packet is written.
struct IpForm {
  bool options = false;  ///< IPv4: options; IPv6: hop-by-hop and destination options, routing header
  bool fragment = false;
  bool more_fragments = false;
  std::uint32_t fragment_offset = 0;  ///< octets, a multiple of 8
  std::uint32_t identification = 0;
};

/// Appends the link header of a packet from `from` to `to`.
void encode_link(Bytes& out, LinkType link, Tags tags, const Host& from, const Host& to);

/// Appends the IP header and its extension headers, before a payload of `payload_length` octets.
void encode_ip(Bytes& out, const Host& from, const Host& to, std::uint8_t protocol,
               std::size_t payload_length, const IpForm& form);

/// The one's complement sum (RFC 1071) of `octets` added to `sum`, not yet complemented.
std::uint32_t ones_complement_sum(std::span<const std::uint8_t> octets, std::uint32_t sum = 0);
/// Folds and complements a sum to a checksum.
std::uint16_t checksum(std::uint32_t sum);
/// The sum of the pseudo-header (RFC 9293 3.1, RFC 8200 8.1) for a segment of `length` octets.
std::uint32_t pseudo_header_sum(const Host& from, const Host& to, std::uint8_t protocol, std::size_t length);

}  // namespace tollgate::traffic
