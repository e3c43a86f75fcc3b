#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "enforce/sctp_edits.hpp"
#include "engine/output.hpp"
#include "flow/sctp_associations.hpp"
#include "message/counters.hpp"
#include "message/edits.hpp"
#include "message/table_use.hpp"

namespace tollgate::engine {

/// What becomes of SCTP packets in the wire: they leave edited as was decided about their user data, or wait
/// until it is decided.
///
/// While a piece of a message (a fragment of SCTP, a segment of SCCP) waits for the others, everything later
/// in that direction of the association waits with it, in order, for 50 ms or 64 packets. What is missing
/// then was lost, or its sender waits for acknowledgements: everything but the pieces goes on, in copies of
/// their packets where it shares one with them, and tells the sender what is missing. After three seconds an
/// open link lets the pieces pass as they are, a closed one makes them unreadable. Should they be a message
/// after all that has to be changed where it has left already, what completes it is made unreadable.
class SctpWire {
 public:
  static constexpr std::uint64_t order_ns = 50'000'000;
  /// A retransmission for want of any acknowledgement comes after one second (RFC 9260 16).
  static constexpr std::uint64_t hold_ns = 3'000'000'000;
  static constexpr std::uint32_t most_held = 1'024;           ///< packets of one worker
  static constexpr std::uint32_t most_held_a_direction = 64;  ///< packets
  static constexpr std::uint32_t most_directions = 128;       ///< that wait at a time
  static constexpr std::size_t most_waiting = 32;             ///< pieces of messages in one packet

  SctpWire(Counters& counters, flow::SctpAssociations& associations, std::span<std::byte> edits_memory,
           std::span<const Link> links);

  /// The octets of an SCTP packet within `packet`.
  struct Place {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  // For a packet, in this order: `begin`, then what its user data is told to, then `let_go`.

  void begin() { current_ = {}; }

  /// What an inspector has said of a message is taken over.
  void decide(const flow::SctpUserMessage& message, const Edits& edits);
  void waits(const flow::SctpDataId& id);
  void leaves(const flow::SctpDataId& id);  ///< with nothing decided
  void repeated(const flow::SctpDataId& id, flow::SctpAssociations::Decision decision);
  void reused(const flow::SctpDataId& id);
  bool remembers(const flow::SctpDataId& id) const { return edits_.knows(id); }

  /// The packet leaves, waits, or is dropped.
  void let_go(const Packet& packet, Place sctp, Output& output);

  /// Lets go what has waited for too long.
  void expire(std::uint64_t time_ns, Output& output) {
    if (held_count_ != 0) expire_held(time_ns, output);
  }
  TableUse held_use() const { return {held_count_, most_held}; }

  /// Drops all that waits: nothing is decided about it, and its sender sends it again.
  void drop_all(Output& output);
  /// Lets go all that waits.
  void finish(Output& output) {
    if (held_count_ != 0) finish_held(output);
  }

 private:
  using Index = std::uint16_t;
  static constexpr Index none = 0xFFFF;
  static_assert(most_held < none);

  /// What is known of a packet while its chunks are read.
  struct Reading {
    flow::SctpDataId any;  ///< of its user data; direction 0: it has none
    bool edited = false;
    bool reused = false;
    std::uint16_t waiting_count = 0;
    std::array<std::uint32_t, most_waiting> waiting;  ///< TSNs about which nothing is decided, ascending

    bool waits_for(std::uint32_t tsn);
    void decided(const flow::SctpDataId& id);
    std::span<const std::uint32_t> waits() const { return {waiting.data(), waiting_count}; }
  };
  struct Held {
    Packet packet;
    Place sctp;
    Reading reading;
    bool others_left = false;  ///< all but what waits, in a copy
    Index next = none;
  };
  struct Queue {
    std::uint64_t direction = 0;  ///< 0: free
    Index first = none;
    Index last = none;
    std::uint32_t count = 0;
    bool in_order = true;  ///< what waits for nothing waits for those before it
  };

  using Fragment = flow::SctpUserMessage::Fragment;
  using Fragments = std::span<const Fragment>;

  /// The chunks that hold what an inspector was given.
  struct Payload {
    flow::SctpDataId first;
    Fragments fragments;

    template <class F>
    void for_each_chunk(F&& f) const;
    template <class F>
    void for_each_changed(const Edit& edit, F&& f) const;
  };
  /// Those of one that waits for others.
  struct Scattered {
    flow::SctpDataId first;
    std::uint16_t count = 0;  ///< 0: free
    std::array<Fragment, 16> fragments;
  };

  void remember(const Payload& payload);
  Payload earlier(const flow::SctpDataId& first) const;
  bool is_too_late(const Payload& payload, const Edit& edit) const;
  void passes(const flow::SctpDataId& id);
  void spoil(const flow::SctpDataId& id);
  void spoil_rest(const Payload& payload);
  void decided(const flow::SctpDataId& id);
  Queue* queue_of(std::uint64_t direction);
  void hold(Queue& queue, const Packet& packet, Place sctp);
  void leave(const Packet& packet, Place sctp, const Reading& reading, Output& output);
  bool holds_all_that_waits(const Queue& queue) const;
  void let_go_others(const Packet& packet, Place sctp, Output& output);
  void let_go_others(Held& held, Output& output);
  void let_go_decided(Queue& queue, Output& output);
  void take_out(Queue& queue, Index before, Index at);
  void make_room(Queue& queue, Output& output);
  void give_up_oldest(Output& output);
  bool is_known(Octets sctp, flow::SctpDataId id) const;
  void give_up_first(Queue& queue, Output& output);
  void finish_held(Output& output);
  void expire_held(std::uint64_t time_ns, Output& output);

  Counters& counters_;
  flow::SctpAssociations& associations_;
  enforce::SctpEdits edits_;
  std::span<const Link> links_;
  Reading current_;
  std::unique_ptr<Held[]> held_;
  Index free_ = none;
  std::uint32_t held_count_ = 0;
  std::array<Queue, most_directions> queues_;
  std::array<Scattered, 256> scattered_;
  std::size_t next_scattered_ = 0;
};

}  // namespace tollgate::engine
