#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/smpp.hpp"
#include "flow/bounded_table.hpp"
#include "flow/carriage.hpp"
#include "flow/zero_pages.hpp"
#include "inspect/smpp_session.hpp"
#include "message/counters.hpp"

namespace tollgate::inspect {

/// What is known of SMPP connections. Bounded: a new one in a full table takes the place of the one that was
/// longest silent (`evicted_smpp_session`).
///
/// A copy of each stands in plain data, written when something new is known: a process that is given the
/// memory of an earlier one knows what that knew, but for a connection of which it was just learning.
class SmppSessions {
 public:
  /// Octets for `capacity` connections.
  static std::size_t memory_size(std::uint32_t capacity);

  /// `memory`, of memory_size() octets and aligned for a cache line, is zeros, or what an earlier one with
  /// the same capacity left. Where it is empty: memory of its own.
  SmppSessions(std::uint32_t capacity, Counters& counters, std::span<std::byte> memory = {});

  /// Whether a PDU of the connection was read.
  bool knows(const flow::Carriage& carriage) { return table_.find(key(carriage)) != nullptr; }

  /// Takes note of a PDU; gives what is known of its connection by now, good until the next call.
  const SmppSession& see(const decode::smpp::Pdu& pdu, const flow::Carriage& carriage);

  TableUse use() const { return table_.use(); }

 private:
  struct Known {
    SmppSession session;
    std::uint32_t place = 0;  ///< of its copy
  };
  struct Copy {
    std::uint64_t key;  ///< 0: there is none
    SmppSession session;
  };
  struct alignas(64) Header {
    std::uint32_t used;  ///< copies from here on were never written
  };

  /// One for both directions.
  static std::uint64_t key(const flow::Carriage& carriage) {
    return std::min(carriage.connection, carriage.opposite);
  }
  Header& header() const { return *reinterpret_cast<Header*>(memory_.span().data()); }
  std::span<Copy> copies() const {
    return {reinterpret_cast<Copy*>(memory_.span().data() + sizeof(Header)), table_.capacity()};
  }
  void write(std::uint32_t place, std::uint64_t key, const SmppSession& session);
  void adopt();
  Known& known(std::uint64_t key);

  flow::ZeroPages memory_;
  flow::BoundedTable<std::uint64_t, Known> table_;
  std::uint64_t last_key_ = 0;  ///< of the connection used last, most often used next
  Known* last_ = nullptr;       ///< good until another one is made
  Counters& counters_;
};

}  // namespace tollgate::inspect
