#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/settings.hpp"

namespace tollgate::engine {

/// What an engine leaves behind for the one that takes its place after a restart: plain data, without
/// pointers, sound at any instant at which its process may be killed. Each part begins on a cache line.
struct Memory {
  std::span<std::byte> sctp_tsns;      ///< flow::SctpAssociations: what was decided about each TSN
  std::span<std::byte> sctp_edits;     ///< enforce::SctpEdits
  std::span<std::byte> tcp_relay;      ///< flow::RelayMemory
  std::span<std::byte> smpp_sessions;  ///< inspect::SmppSessions
  std::span<std::byte> smpp_owed;      ///< flow::OwedReplies to SMPP's requests
  std::span<std::byte> map_owed;       ///< and to MAP's invokes

  /// Octets for an engine of these settings.
  static std::size_t size(const Settings& settings);
  /// Two memories of the same layout have the same; changes with every change of what stands in them, and
  /// with the names, order and modes of the links.
  static std::uint64_t layout(const Settings& settings);
  /// The parts of `whole`, of size() octets: zeros, or what an engine with the same layout left.
  static Memory in(std::span<std::byte> whole, const Settings& settings);
};

}  // namespace tollgate::engine
