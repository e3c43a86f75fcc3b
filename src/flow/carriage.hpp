#pragma once

#include <cstdint>

#include "decode/ip_address.hpp"
#include "message/link.hpp"

namespace tollgate::flow {

/// What is known of a payload from the layers below it: when and where it was seen, and which one it is.
struct Carriage {
  std::uint64_t time_ns = 0;   ///< of the packet that completes the payload, since 1970-01-01T00:00:00Z
  std::uint64_t frame = 0;     ///< of that packet, from 1
  const Link* link = nullptr;  ///< that it came over; null for octets from a log
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  /// Identity of this direction of the connection or association: a hash of its addresses, ports and
  /// (SCTP) verification tag. The same in every replay.
  std::uint64_t connection = 0;
  /// Identity of the opposite direction: what `connection` is for packets that travel the other way. For
  /// SCTP, where the two verification tags cannot be paired without the INIT, 0.
  std::uint64_t opposite = 0;
  /// Which payload it is within `connection`: SCTP's TSN, or the octet's position in the TCP stream.
  std::uint64_t position = 0;
};

}  // namespace tollgate::flow
