#pragma once

#include <cstdint>

#include "decode/checksum.hpp"
#include "decode/ip.hpp"
#include "decode/octets.hpp"

namespace tollgate::decode {

/// Whether an Ethernet frame is a whole IPv4 datagram, right by its lengths and checksum, of a protocol that
/// nothing here reads. Most packets are: this is what decode_link and decode_ip would find, without their
/// work. False says nothing: of tags, options, fragments and what is damaged only these know.
inline bool is_other_ip(Octets frame) {
  // Ethernet II (IEEE 802.3 3.1.1), then the Internet Protocol (RFC 791 3.1) without options
  constexpr std::size_t ip_at = 14;
  constexpr std::size_t header_size = 20;
  if (frame.size() < ip_at + header_size) return false;
  const auto octet = [&](std::size_t at) { return std::to_integer<std::uint32_t>(frame[at]); };
  const auto number = [&](std::size_t at) { return octet(at) << 8U | octet(at + 1); };
  if (number(12) != 0x0800 || octet(ip_at) != 0x45) return false;
  switch (octet(ip_at + 9)) {
    case ip_protocol_sctp:
    case ip_protocol_tcp:
    case ip_protocol_ah:
    case ip_protocol_esp: return false;
    default: break;
  }
  const std::uint32_t total_length = number(ip_at + 2);
  if (total_length < header_size || total_length > frame.size() - ip_at) return false;
  if ((number(ip_at + 6) & 0x3fffU) != 0) return false;  // More Fragments, Fragment Offset
  return checksum_fold(checksum_add(0, frame.subspan(ip_at, header_size))) == 0xffff;
}

}  // namespace tollgate::decode
