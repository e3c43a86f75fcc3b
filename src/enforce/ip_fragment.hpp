#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/octets.hpp"

namespace tollgate::enforce {

/// The packet that a fragment becomes with what all fragments of its datagram hold together.
struct IpDatagram {
  Octets fragment;            ///< a packet: its headers become those of the whole
  std::size_t ip_at = 0;      ///< where its IP header begins
  std::size_t headers = 0;    ///< octets before its part of the datagram, without the IPv6 fragment header
  std::uint8_t protocol = 0;  ///< what `payload` begins with
  Octets payload;
};

/// Octets of the headers of a packet whose IP header begins at `ip_at` and whose part of a datagram begins at
/// `payload_at`: without the IPv6 fragment header, which stands last.
std::size_t headers_without_fragment(Octets packet, std::size_t ip_at, std::size_t payload_at);

/// Writes a packet that is not fragmented: lengths, fragmentation, next header and the checksum of IPv4 are
/// set (RFC 791 3.1, RFC 8200 4.5). False where no IP header can say so much. `into` has room for it.
bool write_datagram(std::span<std::byte> into, const IpDatagram& datagram);

/// A fragment becomes the last of its datagram, with the `size` first octets of its part: lengths, the flag
/// for more and the checksum of IPv4 follow. Gives the octets of the packet that leave.
std::size_t end_fragment(std::span<std::byte> packet, std::size_t ip_at, std::size_t payload_at,
                         std::size_t size);

}  // namespace tollgate::enforce
