#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "decode/sctp.hpp"
#include "flow/bounded_table.hpp"
#include "flow/byte_ring.hpp"
#include "flow/carriage.hpp"
#include "flow/entrance.hpp"
#include "flow/zero_pages.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// Names the user data of one chunk. The same in every process that sees the association.
struct SctpDataId {
  std::uint64_t direction = 0;  ///< identity of the direction of the association
  std::uint32_t generation =
      0;  ///< tells associations apart that use the same tag and ports one after the other
  std::uint32_t tsn = 0;

  friend bool operator==(const SctpDataId&, const SctpDataId&) = default;
};

/// A whole user message, in order of completion. `payload` and `fragments` are valid during the call that
/// delivers it.
struct SctpUserMessage {
  /// A chunk that holds a part of the payload.
  struct Fragment {
    std::uint32_t tsn = 0;
    std::uint32_t length = 0;
  };

  Octets payload;
  std::uint32_t ppid = 0;
  std::uint16_t stream = 0;
  std::uint32_t tsn = 0;  ///< of the first fragment
  std::uint32_t verification_tag = 0;
  SctpDataId id;                        ///< of the first fragment
  std::span<const Fragment> fragments;  ///< in the payload's order; empty where one chunk holds all
};

/// Turns SCTP packets into user messages, each delivered once. Knows one direction of an association by its
/// verification tag and ports: its addresses may be many.
///
/// - A TSN seen again with the same content is a retransmission: counted, not delivered. With other content
/// it
///   is counted and delivered, because the receiver may not have had the first. TSNs are remembered until
///   newer ones need their room, also beyond their acknowledgement: a late duplicate is still known for one.
///   The INIT or INIT ACK of whom they go to forgets them. What ends an association does not: it may be for
///   Tollgate alone, never reaching the receiver, and a new association has an INIT.
/// - Fragments (B and E bits) wait for each other, in whatever order they come. They are forgotten after 30
/// seconds, or for newer ones when their room is full.
class SctpAssociations {
 public:
  struct Limits {
    std::uint32_t directions = 8'192;
    std::uint32_t fragments = 16'384;
    std::size_t fragment_octets = 16U << 20U;
    std::uint32_t tsns = 1U << 20U;  ///< remembered ones; a power of two
  };
  static constexpr std::uint64_t fragment_lifetime_ns = 30'000'000'000;
  static constexpr std::size_t max_message = 65'535;
  static constexpr unsigned max_fragments_a_message = 128;

  static std::size_t memory_size(const Limits& limits) { return limits.tsns * sizeof(Seen); }

  /// Remembers TSNs in `memory`, of memory_size() octets: zeros, or what an earlier one left, which is known
  /// then. Where it is empty, in memory of its own.
  SctpAssociations(Counters& counters, const Limits& limits, std::span<std::byte> memory = {});
  explicit SctpAssociations(Counters& counters) : SctpAssociations(counters, Limits{}) {}

  /// What was decided about user data that is seen again.
  enum class Decision : std::uint8_t { none_yet, passes, edited };

  /// A packet's user data is told to an object of this form.
  struct Sink {
    void deliver(const Carriage& /*carriage*/, const SctpUserMessage& /*message*/) {}
    /// A fragment whose message is not whole yet. `ppid` is what it says itself, or of I-DATA what the first
    /// one says; 0 where that has not come.
    void waits(const SctpDataId& /*id*/, std::uint32_t /*ppid*/) {}
    /// Seen before with the same content, and not delivered again.
    void repeated(const SctpDataId& /*id*/, Decision /*decision*/) {}
    /// Seen before with other content: it is delivered all the same.
    void reused(const SctpDataId& /*id*/) {}
    /// Whether it is still known how `id`, whose decision was `edited`, was edited. If not, it is treated as
    /// new.
    bool remembers(const SctpDataId& /*id*/) { return true; }
  };

  /// The end of the input: counts what waits in vain.
  void finish() { counters_.add(Count::unfinished_sctp_fragment, fragments_.size()); }

  /// Takes a packet; `carriage` holds its time, frame and addresses.
  template <class Sink>
  void packet(Carriage carriage, const Entrance& entrance, const decode::sctp::Packet& packet, Sink&& sink) {
    carriage.source_port = packet.source_port;
    carriage.destination_port = packet.destination_port;
    for (decode::sctp::Chunks chunks{packet.chunks}; !chunks.done();) {
      const auto chunk = chunks.next();
      if (!chunk) {
        counters_.add(chunk.error());
        break;
      }
      Taken taken = take(carriage, entrance, packet, *chunk, false);
      if (taken.reused) sink.reused(taken.message.id);
      if (taken.kind == Taken::repeated && taken.decision == Decision::edited &&
          !sink.remembers(taken.message.id)) {
        counters_.add(Count::forgotten_sctp_edit);
        taken = take(carriage, entrance, packet, *chunk, true);
      }
      switch (taken.kind) {
        case Taken::nothing: break;
        case Taken::whole: sink.deliver(std::as_const(carriage), taken.message); break;
        case Taken::fragment: sink.waits(taken.message.id, taken.message.ppid); break;
        case Taken::repeated: sink.repeated(taken.message.id, taken.decision); break;
      }
    }
    control(entrance, packet);  // last: all user data of a packet is of one association
  }

  /// Keeps in mind what becomes of `id`. Until then its decision is `none_yet`.
  void decide(const SctpDataId& id, Decision decision);
  /// `none_yet` where it is not known, too.
  Decision decision(const SctpDataId& id) const;

  TableUse direction_use() const { return directions_.use(); }
  TableUse fragment_use() const { return fragments_.use(); }

 private:
  struct DirectionKey {
    std::uint32_t verification_tag = 0;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint64_t addresses = 0;  ///< a digest of them where the tag is 0, which names no association

    friend bool operator==(const DirectionKey&, const DirectionKey&) = default;
    template <class H>
    friend H AbslHashValue(H h, const DirectionKey& k) {
      return H::combine(std::move(h), k.verification_tag, k.source_port, k.destination_port, k.addresses);
    }
  };
  struct Direction {
    std::uint64_t identity = 0;
    std::uint32_t generation = 0;
    Entrance entrance;  ///< where the last of its user data came in
  };
  /// The memory of a TSN: the newest of those that share its place.
  struct Seen {
    std::uint32_t generation = 0;
    std::uint32_t tsn = 0;
    std::uint64_t digest = 0;  ///< its lowest bits are the Decision
  };
  struct Taken {
    enum Kind : std::uint8_t { nothing, whole, fragment, repeated };
    Kind kind = nothing;
    Decision decision = Decision::none_yet;  ///< of what is repeated
    bool reused = false;
    SctpUserMessage message;  ///< of what is no message, only `id`; of a fragment `ppid`, too
  };
  struct FragmentKey {
    std::uint64_t direction = 0;
    std::uint32_t generation = 0;
    std::uint32_t index = 0;    ///< TSN of DATA, FSN of I-DATA: one more in each following fragment
    std::uint64_t message = 0;  ///< of I-DATA: stream, U bit and message identifier

    friend bool operator==(const FragmentKey&, const FragmentKey&) = default;
    template <class H>
    friend H AbslHashValue(H h, const FragmentKey& k) {
      return H::combine(std::move(h), k.direction, k.generation, k.index, k.message);
    }
  };
  struct Fragment {
    std::uint64_t place = 0;
    std::uint64_t time_ns = 0;
    std::uint32_t length = 0;
    std::uint32_t ppid = 0;
    std::uint32_t tsn = 0;
    std::uint32_t sequence = 0;
    std::uint16_t stream = 0;
    bool beginning = false;
    bool ending = false;
    bool unordered = false;
  };

  Taken take(Carriage& carriage, const Entrance& entrance, const decode::sctp::Packet& packet,
             const decode::sctp::Chunk& chunk, bool known_is_new);
  void control(const Entrance& entrance, const decode::sctp::Packet& packet);
  Direction& direction(const Carriage& carriage, const decode::sctp::Packet& packet);
  void begin_anew(const DirectionKey& key, const Entrance& entrance);
  Seen& seen(const SctpDataId& id) const;
  enum class Copy : std::uint8_t { first, same, other };
  Copy look_up(Seen& seen, const SctpDataId& id, const decode::sctp::Chunk& chunk);
  enum class Kept : std::uint8_t { now, already, replaced };
  Kept keep(const FragmentKey& key, const decode::sctp::Data& data, std::uint64_t time_ns);
  static FragmentKey key_of(const Direction& direction, const decode::sctp::Data& data);
  std::uint32_t interleaved_ppid(FragmentKey key);
  static bool same_message(const Fragment& one, const Fragment& other);
  std::optional<SctpUserMessage> assemble(FragmentKey key);
  std::optional<SctpUserMessage> gather(FragmentKey first, std::uint32_t count);
  std::nullopt_t too_long();
  void forget_old_fragments(std::uint64_t time_ns);

  Counters& counters_;
  BoundedTable<DirectionKey, Direction> directions_;
  BoundedTable<FragmentKey, Fragment> fragments_;
  ByteRing ring_;
  ZeroPages memory_;
  std::span<Seen> seen_;
  std::uint32_t seen_mask_;
  std::unique_ptr<std::byte[]> whole_;
  std::array<SctpUserMessage::Fragment, max_fragments_a_message> whole_fragments_;
};

}  // namespace tollgate::flow
