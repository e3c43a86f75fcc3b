#pragma once

#include <cstdint>

#include "decode/ip_address.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// Protocol numbers that Tollgate knows (IANA).
enum IpProtocol : std::uint8_t {
  ip_protocol_hop_by_hop = 0,
  ip_protocol_tcp = 6,
  ip_protocol_routing = 43,
  ip_protocol_fragment = 44,
  ip_protocol_esp = 50,  ///< encrypted: its payload is not read
  ip_protocol_ah = 51,
  ip_protocol_none = 59,
  ip_protocol_destination = 60,
  ip_protocol_sctp = 132,
  ip_protocol_mobility = 135,
  ip_protocol_hip = 139,
  ip_protocol_shim6 = 140,
};

struct IpPacket {
  IpAddress source;
  IpAddress destination;
  /// What `payload` is, behind all extension headers. Of a fragment other than the first (`offset` > 0): what
  /// the fragment header says comes next, which may be a further extension header of the whole datagram.
  std::uint8_t protocol = 0;
  bool fragment = false;  ///< `payload` is a part of a datagram
  bool more_fragments = false;
  bool authenticated = false;         ///< behind an Authentication Header: cannot be edited
  bool cut = false;                   ///< the input ends before the datagram does: the capture cut it
  std::uint16_t fragment_offset = 0;  ///< octets
  std::uint32_t fragment_id = 0;
  Octets header;   ///< the IPv4 header with its options; the fixed IPv6 header
  Octets payload;  ///< without link padding
};

/// IPv4 (RFC 791) or IPv6 (RFC 8200), by the version that the packet begins with. A total (payload) length of
/// 0, as captures of segmentation offload have it, means "to the end of the input". Errors: truncated;
/// bad_version; bad_length; too_deep for more extension headers than any real packet has.
Result<IpPacket> decode_ip(Octets packet, Trace* trace = nullptr);

/// The datagram that `first`, its first fragment, becomes with `payload`, what all fragments hold together.
Result<IpPacket> decode_ip_reassembled(const IpPacket& first, Octets payload, Trace* trace = nullptr);

/// Whether the IPv4 header checksum is right; always true for IPv6, which has none.
bool ip_checksum_ok(const IpPacket& packet);

}  // namespace tollgate::decode
