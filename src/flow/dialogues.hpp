#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "decode/map_names.hpp"
#include "decode/octets.hpp"
#include "flow/bounded_table.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// Names one end of a TCAP dialogue. Transaction identifiers are unique only at the node that chose them,
/// so the node belongs to the key: a digest of its global title, or of its point code where it has none.
struct TransactionEnd {
  std::uint64_t node = 0;
  std::uint32_t id = 0;
  std::uint8_t id_octets = 0;  ///< 1..4; 0 where the message names no such end

  friend bool operator==(const TransactionEnd&, const TransactionEnd&) = default;
  template <class H>
  friend H AbslHashValue(H h, const TransactionEnd& end) {
    return H::combine(std::move(h), end.node, end.id, end.id_octets);
  }
};

/// An operation that one end has invoked and the other has not answered yet.
struct PendingInvoke {
  std::uint64_t frame = 0;  ///< where it was seen; 0 while the place is free
  std::int32_t operation = 0;
  std::int8_t id = 0;
};

/// Digits kept beyond their packet, packed as they were on the wire (TBCD).
struct KeptDigits {
  std::array<std::byte, 10> octets{};
  std::uint8_t size = 0;

  void keep(Octets digits);
  Octets view() const { return {octets.data(), size}; }
};

/// What is remembered for one end of a dialogue until the dialogue ends.
struct DialogueEnd {
  TransactionEnd peer;  ///< the other end, once it has answered
  std::array<PendingInvoke, 4> pending;
  decode::map::Context context;  ///< of the dialogue; version 0 if not seen
  KeptDigits imsi;               ///< from the first message that names one: later ones may not repeat it
  KeptDigits service_centre;

  void invoked(std::int8_t id, std::int32_t operation, std::uint64_t frame, Counters& counters);
  /// The pending invoke with this identifier; null where none was seen. The caller clears its `frame`
  /// once it is answered for good.
  PendingInvoke* find(std::int8_t id);
};

/// The open TCAP dialogues of a worker, each under the identifier of each end that has chosen one. Bounded:
/// a new end in a full table evicts the one that was longest silent (`evicted_dialogue`).
class Dialogues {
 public:
  Dialogues(std::uint32_t capacity, Counters& counters) : ends_(capacity), counters_(counters) {}

  /// A Begin: what an older dialogue of the same identifier left behind is forgotten.
  DialogueEnd& begin(const TransactionEnd& origin);

  /// A Continue: `origin` is made known as `destination`'s peer at its first answer. Returns the end that
  /// invoked what this message may answer (null where it was not seen), and the origin's own.
  struct Ends {
    DialogueEnd* destination;
    DialogueEnd& origin;
  };
  Ends proceed(const TransactionEnd& origin, const TransactionEnd& destination);

  /// An End or Abort: the end that it is sent to, or null. Valid until `end`.
  DialogueEnd* find(const TransactionEnd& destination) { return ends_.find(destination); }
  void end(const TransactionEnd& destination);

  std::uint32_t size() const { return ends_.size(); }
  TableUse use() const { return ends_.use(); }

 private:
  BoundedTable<TransactionEnd, DialogueEnd>::Place make(const TransactionEnd& end);

  BoundedTable<TransactionEnd, DialogueEnd> ends_;
  Counters& counters_;
};

}  // namespace tollgate::flow
