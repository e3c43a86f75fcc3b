#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "decode/ip.hpp"
#include "engine/output.hpp"
#include "engine/packet.hpp"
#include "engine/stage_clock.hpp"
#include "flow/bounded_table.hpp"
#include "flow/ip_fragments.hpp"
#include "flow/zero_pages.hpp"
#include "message/counters.hpp"
#include "message/link.hpp"

namespace tollgate::engine {

/// What becomes of IP fragments in the wire: those of TCP and SCTP wait until their datagram is whole. It is
/// then one packet for the layers above, and what these give back leaves in the pieces in which it came.
///
/// A datagram waits for 200 ms at most, and less where there is no room. Then an open link lets its pieces
/// pass as they are; where the rest comes after all, and the datagram is to be changed, the rest is dropped,
/// so that its receiver never has it whole. A closed link drops the pieces.
class IpWire {
 public:
  static constexpr std::uint64_t hold_ns = 200'000'000;
  static constexpr std::uint16_t most_datagrams =
      256;  ///< of one worker, those included that layers above hold
  static constexpr std::uint16_t most_pieces = 1'024;  ///< of all of them
  static constexpr std::uint16_t most_pieces_a_datagram =
      300;                                             ///< more than are put together: some may repeat
  static constexpr std::size_t longest_headers = 512;  ///< octets before what was cut in pieces

  /// `fragments` must outlive it. `links` by Packet::link.
  IpWire(Counters& counters, flow::IpFragments& fragments, std::span<const Link> links);

  /// A datagram, as if it had never been cut.
  struct Whole {
    Packet packet;  ///< stays good until it is given back through `Pieces`
    decode::IpPacket ip;
  };

  /// Whether a fragment must not leave before its datagram is known.
  bool takes(const decode::IpPacket& fragment, const flow::IpFragments::Added& added, std::uint64_t time_ns);

  /// Takes a fragment, of which IpFragments says `added`; it is held or dropped. Where it completes its
  /// datagram, gives that.
  std::optional<Whole> take(const Packet& packet, const decode::IpPacket& fragment,
                            const flow::IpFragments::Added& added, Output& output);

  /// Whether it is a datagram of ours.
  bool made(const Packet& packet) const;

  /// What has waited for too long waits no more.
  void expire(std::uint64_t time_ns, Output& output) {
    if (waiting_.oldest != none) expire_waiting(time_ns, output);
  }
  /// Nothing waits any more.
  void finish(Output& output);
  /// What waits is dropped.
  void drop_all(Output& output);

  TableUse datagram_use() const { return {datagram_count_, most_datagrams}; }
  TableUse piece_use() const { return {piece_count_, most_pieces}; }
  TableUse changed_use() const { return edited_.use(); }
  TableUse left_use() const { return left_.use(); }

  /// The output of whoever may have a datagram of ours among its packets: it leaves in its pieces.
  class Pieces final : public Output {
   public:
    Pieces(IpWire& wire, Output& output, StageClock& clock) : wire_(wire), output_(output), clock_(clock) {}
    void send(const Packet& packet) override {
      if (!wire_.made(packet)) return send_as_it_is(packet);
      const StageClock::In enforce(clock_, Stage::enforce);
      wire_.send(packet, output_);
    }
    /// It is none of ours.
    void send_as_it_is(const Packet& packet) {
      const StageClock::In send(clock_, Stage::send);
      output_.send(packet);
    }
    void drop(const Packet& packet) override {
      if (wire_.made(packet)) wire_.drop(packet, output_);
      else output_.drop(packet);
    }
    bool make(std::size_t size, Packet& packet) override { return output_.make(size, packet); }

   private:
    IpWire& wire_;
    Output& output_;
    StageClock& clock_;
  };

 private:
  using Index = std::uint16_t;
  static constexpr Index none = 0xFFFF;
  static constexpr std::size_t longest_payload = 65'535;
  static constexpr std::size_t longest_packet = longest_headers + longest_payload;
  static constexpr std::uint32_t most_edited = 1'024;
  static constexpr std::uint32_t most_left = 16'384;

  /// A fragment: its packet, and where the part of the datagram stands that it has.
  struct Piece {
    Packet packet;
    std::uint32_t ip_at = 0;       ///< where the IP header begins, in the packet
    std::uint32_t payload_at = 0;  ///< where the part begins, in the packet
    std::uint32_t offset = 0;      ///< and in what was cut in pieces
    std::uint32_t size = 0;        ///< of the part
    Index next = none;
  };
  struct Datagram {
    flow::IpDatagramKey key;
    std::uint64_t since_ns = 0;
    bool some_gone = false;  ///< pieces of it may have left: not all are here
    std::uint32_t headers = 0;
    std::uint32_t payload = 0;  ///< octets behind them, once it is whole
    Index first = none;         ///< piece, in the order of arrival
    Index last = none;
    std::uint16_t count = 0;
    Index older = none;  ///< among those that wait; of a free one: the next free one
    Index newer = none;
  };
  /// Datagrams that wait for pieces, by age.
  struct Waiting {
    Index oldest = none;
    Index newest = none;
  };

  void send(const Packet& whole, Output& output);
  void drop(const Packet& whole, Output& output);

  std::span<std::byte> room(Index at) const {
    return room_.span().subspan(std::size_t{at} * 2 * longest_packet, longest_packet);
  }
  /// What was cut in pieces, as it was when it was whole.
  std::span<std::byte> original(Index at) const {
    return room_.span().subspan((std::size_t{at} * 2 + 1) * longest_packet, longest_packet);
  }
  bool has_left(const flow::IpDatagramKey& key, std::uint64_t time_ns);
  Index datagram_of(const Packet& whole) const;
  Index find_waiting(const flow::IpDatagramKey& key) const;
  Index begin(const flow::IpDatagramKey& key, std::uint64_t time_ns, bool some_gone, Output& output);
  bool hold(Index at, const Packet& packet, const decode::IpPacket& fragment, Output& output);
  std::nullopt_t refuse(Index at, const flow::IpDatagramKey& key, const Packet& packet, Output& output);
  std::optional<Whole> put_together(Index at, const Packet& packet, const decode::IpPacket& fragment,
                                    const flow::IpFragments::Added& added);
  const Piece& first_piece(const Datagram& datagram) const;
  template <class F>
  void give_back(Index at, F&& f);
  void send_pieces(Index at, Output& output);
  void write_pieces(Index at, Octets payload, Output& output);
  void drop_pieces(Index at, Output& output);
  void give_up(Index at, Output& output);
  void wait_no_more(Index at);
  void expire_waiting(std::uint64_t time_ns, Output& output);

  Counters& counters_;
  flow::IpFragments& fragments_;
  std::span<const Link> links_;
  flow::ZeroPages room_;
  std::array<Datagram, most_datagrams> datagrams_;
  std::unique_ptr<Piece[]> pieces_;
  Waiting waiting_;
  Index free_datagram_ = none;
  Index free_piece_ = none;
  std::uint16_t datagram_count_ = 0;
  std::uint16_t piece_count_ = 0;
  /// Datagrams that left changed, and when: no piece of them may leave again as it came.
  flow::BoundedTable<flow::IpDatagramKey, std::uint64_t> edited_{most_edited};
  /// Datagrams of which pieces left unread, and when: where IpFragments has forgotten them for others,
  /// nothing more of them leaves.
  flow::BoundedTable<flow::IpDatagramKey, std::uint64_t> left_{most_left};
};

}  // namespace tollgate::engine
