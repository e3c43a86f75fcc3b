#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "decode/ip_address.hpp"
#include "flow/carriage.hpp"

namespace tollgate::flow {

/// Between which two ends a TCP connection is.
struct TcpEnds {
  struct End {
    IpAddress ip;
    std::uint16_t port = 0;
    friend bool operator==(const End&, const End&) = default;
  };
  std::array<End, 2> ends;  ///< the lower address and port first

  friend bool operator==(const TcpEnds&, const TcpEnds&) = default;
  template <class H>
  friend H AbslHashValue(H h, const TcpEnds& k) {
    return H::combine(std::move(h), k.ends[0].ip.octets, k.ends[0].port, k.ends[1].ip.octets, k.ends[1].port);
  }
};

/// The ends of the connection that a segment belongs to, and which of them sent it.
struct TcpPlace {
  TcpEnds key;
  unsigned side;
};
TcpPlace tcp_place(const Carriage& carriage);

/// The identity of each direction ([0]: from the lower end), the same in every run. `salt` tells connections
/// apart that use the same ends one after the other.
std::array<std::uint64_t, 2> tcp_identities(const TcpEnds& ends, std::uint64_t salt);

/// Addresses, ports and identities of what `side` sends.
void name_direction(Carriage& carriage, const TcpEnds& ends, const std::array<std::uint64_t, 2>& identities,
                    unsigned side);

}  // namespace tollgate::flow
