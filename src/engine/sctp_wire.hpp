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

namespace tollgate::engine {

/// What becomes of SCTP packets in the wire: they leave edited as was decided about their user data, or wait
/// until it is decided.
///
/// While a piece of a message (a fragment of SCTP, a segment of SCCP) waits for the others, everything later
/// in that direction of the association waits with it, in order: at most 200 ms and `most_held` packets. Then
/// an open link lets the pieces pass as they are, a closed one makes them unreadable.
class SctpWire {
 public:
  static constexpr std::uint64_t hold_ns = 200'000'000;
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
  void repeated(const flow::SctpDataId& id, flow::SctpAssociations::Decision decision);
  void reused(const flow::SctpDataId& id);
  bool remembers(const flow::SctpDataId& id) const { return edits_.knows(id); }

  /// The packet leaves, waits, or is dropped.
  void let_go(const Packet& packet, Place sctp, Output& output);

  /// Lets go what has waited for too long.
  void expire(std::uint64_t time_ns, Output& output) {
    if (held_count_ != 0) expire_held(time_ns, output);
  }
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
    std::array<std::uint32_t, most_waiting> waiting;  ///< TSNs about which nothing is decided

    void decided(const flow::SctpDataId& id);
  };
  struct Held {
    Packet packet;
    Place sctp;
    Reading reading;
    Index next = none;
  };
  struct Queue {
    std::uint64_t direction = 0;  ///< 0: free
    Index first = none;
    Index last = none;
    std::uint32_t count = 0;
  };

  /// A message that waits for others, and stood in several chunks.
  struct Scattered {
    flow::SctpDataId first;
    std::uint16_t count = 0;  ///< 0: free
    std::array<flow::SctpUserMessage::Fragment, 16> fragments;
  };
  using Fragments = std::span<const flow::SctpUserMessage::Fragment>;

  void edit(const flow::SctpDataId& id, std::uint32_t offset, Octets octets);
  void edit(flow::SctpDataId id, Fragments fragments, const Edit& edit);
  void remember(const flow::SctpUserMessage& message);
  Fragments fragments_of(const flow::SctpDataId& first) const;
  void decided(const flow::SctpDataId& id);
  Queue* queue_of(std::uint64_t direction);
  void hold(Queue& queue, const Packet& packet, Place sctp);
  void leave(const Packet& packet, Place sctp, const Reading& reading, Output& output);
  void let_go_decided(Queue& queue, Output& output);
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
