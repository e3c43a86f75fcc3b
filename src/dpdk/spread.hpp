#pragma once

#include <cstdint>
#include <optional>

#include "decode/ip.hpp"
#include "decode/octets.hpp"

namespace tollgate::dpdk {

/// The IP packet in an Ethernet frame. Frames with none belong to the first worker.
std::optional<decode::IpPacket> ip_in(Octets frame);

/// Whether it begins with the ports of TCP, SCTP or UDP. A fragment does not count.
bool has_ports(const decode::IpPacket& packet);

/// Which of `workers` an IP packet belongs to: both directions of a flow to the same, in order.
///
/// TCP and UDP: by addresses and ports. SCTP: by its ports alone, so that all paths of a multi-homed
/// association meet. What else is IP: by addresses; so are fragments, of which FragmentSpread knows more.
std::uint32_t worker_of(const decode::IpPacket& packet, std::uint32_t workers);

/// Of an Ethernet frame with an SCTP packet, not in fragments: the same. None of others.
std::optional<std::uint32_t> worker_of_association(Octets frame, std::uint32_t workers);

/// By addresses alone.
std::uint32_t worker_of(const IpAddress& source, const IpAddress& destination, std::uint32_t workers);

}  // namespace tollgate::dpdk
