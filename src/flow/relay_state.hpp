#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "decode/link_type.hpp"
#include "flow/custody.hpp"
#include "flow/entrance.hpp"
#include "flow/relay_window.hpp"
#include "flow/tcp_ends.hpp"
#include "flow/tcp_streams.hpp"
#include "message/link.hpp"

namespace tollgate::flow {

/// What stands before the TCP header of one direction's packets: the model of those that we make.
struct RelayHeaders {
  std::array<std::byte, 128> octets;
  std::uint8_t size = 0;
  std::uint8_t ip_at = 0;  ///< where the IP header begins
  decode::LinkType link_type = decode::LinkType::ethernet;
  Side side = Side::outside;  ///< where the direction's packets come in
  std::uint16_t link = 0;
};

/// One direction of a connection: from its sender, whom we speak to in the receiver's place, to its receiver.
/// Sequence numbers stand in the order acked <= sent <= window.next; `read` is at most window.next.
struct RelayDirection {
  StreamState reader;
  std::uint64_t position = 0;                ///< of `read` in the stream
  std::uint32_t start = 0;                   ///< the number of the first octet that was seen
  std::uint32_t acked = 0;                   ///< before it the receiver has everything
  std::uint32_t sent = 0;                    ///< before it everything has gone to the receiver at least once
  std::uint32_t read = 0;                    ///< before it the reader is done
  std::uint32_t edge = 0;                    ///< what the receiver accepts ends here
  std::uint32_t widest = 0;                  ///< the largest window that the receiver has offered
  std::uint32_t fin = 0;                     ///< where the stream ends
  std::uint32_t claimed = 0;                 ///< what the receiver says to have beyond what came here
  std::uint32_t astray_sequence = 0;         ///< of the sender's last segment, where `astray`
  std::uint32_t astray_acknowledgement = 0;  ///< and what it acknowledged
  std::uint32_t timed_end = 0;               ///< the octet whose round trip is measured

  // Of the sender's headers:
  std::uint32_t acknowledgement = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t timestamp_echo = 0;
  std::uint32_t timestamp_in_order = 0;  ///< TS.Recent of the receiver (RFC 7323 4.3)
  std::uint16_t advertised = 0;          ///< the window, not scaled
  std::uint16_t largest = 0;             ///< payload that it has sent
  std::uint16_t segment_size = 0;        ///< payload that the receiver accepts; 0 where its SYN was not seen
  std::uint8_t scale = 0;                ///< of the receiver's window

  bool synchronised = false;  ///< the sequence numbers hold
  bool edge_known = false;
  bool receiver_seen = false;  ///< it has acknowledged something
  bool reached = false;        ///< also all before `start`
  bool lost = false;           ///< it was counted that it never will
  bool timestamps = false;
  bool offered = false;
  bool fin_seen = false;
  bool fin_sent = false;
  bool has_claimed = false;
  bool astray = false;  ///< the sender's last segment fits nothing that was seen
  bool timed = false;
  bool has_headers = false;
  std::uint8_t headers = 0;  ///< which of the two copies holds
  Entrance entrance;

  std::uint64_t held_since_ns = 0;  ///< octets are held, or a gap is open
  std::uint64_t edge_ns = 0;        ///< when the receiver's window last opened
  std::uint64_t probed_ns = 0;      ///< when the receiver was last asked for it
  std::uint64_t lacking_ns = 0;     ///< since when the receiver says that it lacks what is before `start`
  std::uint64_t timed_ns = 0;
  std::uint64_t round_trip_ns = 0;
  Custody custody;
  RelayWindow window;  // last: see RelayWindow::ranges

  /// Octets of a segment that we make: as much as the receiver takes, and not more than its sender has shown
  /// to be able to bring through.
  std::uint32_t made_size() const {
    constexpr std::uint32_t least = 536;
    constexpr std::uint32_t most_unknown = 1'400;
    const std::uint32_t shown = std::max<std::uint32_t>(largest, least);
    return std::min<std::uint32_t>(shown, segment_size == 0 ? most_unknown : segment_size);
  }
  /// What is in custody and was not acknowledged: as much as goes into one segment.
  std::uint32_t repeat_end() const { return earlier(acked + made_size(), custody.repeat_end(sent)); }
  bool begins_with(std::uint32_t sequence) const {
    return synchronised && reader.from_start && start == sequence;
  }
  bool holds() const { return sent != window.next || window.holds_ranges(); }
  std::uint32_t low() const { return earlier(earlier(acked, read), window.next); }
};

/// Why a connection is not read.
enum class Ignored : std::uint8_t { no, not_mine, encrypted, authenticated, no_room };

/// A connection that Tollgate stands in. Plain data: it survives the process.
struct RelayConnection {
  TcpEnds ends;
  std::array<std::uint64_t, 2> identities{};
  std::uint64_t reset_ns = 0;                ///< when a RST was the last that came of it; else 0
  bool selective = false;                    ///< both ends permit selective acknowledgements
  Ignored ignored = Ignored::no;             ///< else no more is kept: see TcpRelay::take_unread
  std::array<RelayDirection, 2> directions;  ///< [0]: from the lower end

  /// Whether of it neither a SYN-ACK nor octets have come.
  bool is_blank() const {
    return std::none_of(directions.begin(), directions.end(), [](const RelayDirection& direction) {
      return direction.synchronised &&
             (direction.edge_known || direction.receiver_seen || direction.fin_seen ||
              direction.window.next != direction.start || direction.holds());
    });
  }
  bool holds_custody() const {
    const auto& [a, b] = directions;
    return a.custody.holds(a.acked) || b.custody.holds(b.acked);
  }
  /// Whether a receiver lacks some of what was judged before reading stopped.
  bool owes_judged() const {
    if (ignored != Ignored::not_mine && ignored != Ignored::encrypted) return false;
    return std::any_of(directions.begin(), directions.end(), [](const RelayDirection& direction) {
      return direction.synchronised && distance(direction.acked, direction.window.next) > 0;
    });
  }
  /// Whether the reader was offered octets and has recognised nothing in any of them.
  bool is_unrecognised() const {
    if (ignored != Ignored::no) return false;  // counted as that
    const auto& [a, b] = directions;
    return (a.offered || b.offered) && (!a.offered || a.reader.unrecognised) &&
           (!b.offered || b.reader.unrecognised);
  }
};

static_assert(std::is_trivially_copyable_v<RelayConnection> && std::is_trivially_copyable_v<RelayHeaders>);

}  // namespace tollgate::flow
