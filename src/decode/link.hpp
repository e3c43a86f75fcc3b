#pragma once

#include <cstdint>

#include "decode/link_type.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// What follows the link header.
enum class LinkPayloadKind : std::uint8_t {
  ip,     ///< IPv4 or IPv6: its first four bits say which
  mtp2,   ///< from the BSN on
  mtp3,   ///< from the service information octet on
  sccp,   ///< from the message type code on
  other,  ///< ARP, LLC and whatever else is not read
};

struct LinkPayload {
  LinkPayloadKind kind = LinkPayloadKind::other;
  Octets
      payload;  ///< to the end of the packet: Ethernet padding is still in it, the IP decoder leaves it out
};

/// Link headers, tags and labels bounded in number (IEEE 802.3 3.2.6, IEEE 802.1Q 9.6, RFC 3032). Errors:
/// truncated; link.too_deep, mpls.too_deep for more tags or labels than `max_link_depth`.
Result<LinkPayload> decode_link(LinkType type, Octets packet, Trace* trace = nullptr);

/// VLAN tags, and MPLS labels, that are followed in one packet.
inline constexpr unsigned max_link_depth = 8;

}  // namespace tollgate::decode
