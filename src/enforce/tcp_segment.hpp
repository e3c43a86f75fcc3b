#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/tcp_wire.hpp"

namespace tollgate::enforce {

/// Octets of the packet that `made` becomes behind `model`'s headers.
std::size_t tcp_packet_size(const flow::RelayHeaders& model, const flow::TcpMade& made);

/// Writes that packet: the headers of `model`, their lengths and the checksums of IPv4 and TCP
/// set (RFC 9293 3.1, RFC 7323 3.2, RFC 2018 3). `into` has tcp_packet_size() octets.
void write_tcp_packet(std::span<std::byte> into, const flow::RelayHeaders& model, const flow::TcpMade& made);

/// Changes a packet whose IP header begins at `ip_at` and whose TCP segment is the `segment_size` octets from
/// `tcp_at` on; lengths and checksums follow. Gives the packet's octets that leave: without those that were
/// cut off, and without what the link put behind the datagram where it was cut.
std::size_t change_tcp_packet(std::span<std::byte> packet, std::size_t ip_at, std::size_t tcp_at,
                              std::size_t segment_size, const flow::TcpChange& change);

}  // namespace tollgate::enforce
