#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "decode/sctp.hpp"
#include "flow/bounded_table.hpp"
#include "flow/byte_ring.hpp"
#include "flow/carriage.hpp"
#include "flow/table_room.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// A whole user message, in order of completion. `payload` is valid during the call that delivers it.
struct SctpUserMessage {
  Octets payload;
  std::uint32_t ppid = 0;
  std::uint16_t stream = 0;
  std::uint32_t tsn = 0;  ///< of the first fragment
  std::uint32_t verification_tag = 0;
};

/// Turns SCTP packets into user messages, each delivered once. Knows one direction of an association by its
/// verification tag and ports: its addresses may be many.
///
/// - A TSN seen again with the same content is a retransmission: counted, not delivered. With other content
/// it
///   is counted and delivered, because the receiver may not have had the first. TSNs are remembered until
///   newer ones need their room, also beyond their acknowledgement: a late duplicate is still known for one.
///   INIT, ABORT and SHUTDOWN COMPLETE forget them.
/// - Fragments (B and E bits) wait for each other, in whatever order they come; of a TSN that is sent twice
///   the first copy is used. They are forgotten after 30 seconds, or for newer ones when their room is full.
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

  SctpAssociations(Counters& counters, const Limits& limits);
  explicit SctpAssociations(Counters& counters) : SctpAssociations(counters, Limits{}) {}

  /// The end of the input: counts what waits in vain.
  void finish() { counters_.add(Count::unfinished_sctp_fragment, fragments_.size()); }

  /// Takes a packet; `carriage` holds its time, frame and addresses.
  /// Calls `deliver(const Carriage&, const SctpUserMessage&)` for each user message that it completes.
  template <class Deliver>
  void packet(Carriage carriage, const decode::sctp::Packet& packet, Deliver&& deliver) {
    carriage.source_port = packet.source_port;
    carriage.destination_port = packet.destination_port;
    for (decode::sctp::Chunks chunks{packet.chunks}; !chunks.done();) {
      const auto chunk = chunks.next();
      if (!chunk) return counters_.add(chunk.error());
      const std::optional<SctpUserMessage> message = take(carriage, packet, *chunk);
      if (message) deliver(std::as_const(carriage), *message);
    }
  }

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
    std::uint32_t generation =
        0;  ///< tells its TSNs and fragments from those of others, earlier ones included
  };
  /// The memory of a TSN: the newest of those that share its place.
  struct Seen {
    std::uint32_t generation = 0;
    std::uint32_t tsn = 0;
    std::uint64_t digest = 0;
  };
  struct FragmentKey {
    std::uint32_t generation = 0;
    std::uint32_t index = 0;    ///< TSN of DATA, FSN of I-DATA: one more in each following fragment
    std::uint64_t message = 0;  ///< of I-DATA: stream, U bit and message identifier

    friend bool operator==(const FragmentKey&, const FragmentKey&) = default;
    template <class H>
    friend H AbslHashValue(H h, const FragmentKey& k) {
      return H::combine(std::move(h), k.generation, k.index, k.message);
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

  std::optional<SctpUserMessage> take(Carriage& carriage, const decode::sctp::Packet& packet,
                                      const decode::sctp::Chunk& chunk);
  void control(const decode::sctp::Packet& packet, const decode::sctp::Chunk& chunk);
  Direction& direction(const Carriage& carriage, const decode::sctp::Packet& packet);
  std::size_t seen_index(const Direction& direction, std::uint32_t tsn) const;
  bool is_retransmission(const Direction& direction, const decode::sctp::Chunk& chunk, std::uint32_t tsn);
  std::optional<SctpUserMessage> assemble(const Direction& direction, const decode::sctp::Data& data,
                                          std::uint64_t time_ns);
  std::optional<SctpUserMessage> gather(FragmentKey first);
  void forget_old_fragments(std::uint64_t time_ns);

  Counters& counters_;
  BoundedTable<DirectionKey, Direction> directions_;
  BoundedTable<FragmentKey, Fragment> fragments_;
  ByteRing ring_;
  TableRoom<Seen> seen_;
  std::uint32_t seen_mask_;
  std::uint32_t generations_ = 0;
  std::unique_ptr<std::byte[]> whole_;
};

}  // namespace tollgate::flow
