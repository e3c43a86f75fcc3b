#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/link_type.hpp"
#include "message/link.hpp"

namespace tollgate::engine {

/// A packet as the shell hands it to the engine and takes it back. The shell owns the octets, which stay
/// where they are until it has the packet back.
struct Packet {
  std::span<std::byte> octets;    ///< from the link header on; what was captured of it
  std::uint32_t wire_length = 0;  ///< octets on the wire; more than octets.size() where a capture cut it
  decode::LinkType link_type = decode::LinkType::ethernet;
  Side side = Side::outside;  ///< of the link, where it came in; of a capture always outside
  std::uint16_t link = 0;     ///< which of Settings::links it came over
  std::uint64_t time_ns = 0;  ///< since 1970-01-01T00:00:00Z
  std::uint64_t frame = 0;    ///< from 1, in the order of arrival
  void* handle = nullptr;     ///< the shell's own (an mbuf); the engine does not look at it
};

}  // namespace tollgate::engine
