#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "decode/tcp.hpp"
#include "flow/bounded_table.hpp"
#include "flow/buffer_pool.hpp"
#include "flow/carriage.hpp"
#include "flow/tcp_ends.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// What the reader of a stream is told of it, and may keep with it. One for each direction of a connection.
struct StreamState {
  bool from_start = false;    ///< the connection's beginning was seen: position 0 is the first octet
  bool lost = false;          ///< octets are missing before those offered now, which may begin inside a PDU
  bool finished = false;      ///< nothing comes after the octets offered now
  bool not_mine = false;      ///< set by the reader: neither direction of this connection is offered any more
  bool unrecognised = false;  ///< set by the reader: it has found nothing of its own in the connection yet
  std::uint32_t left = 0;     ///< so many of the octets offered now have gone to the receiver: beyond change
  std::uint32_t user = 0;     ///< the reader's own; 0 when a connection begins
};

/// Puts the octets of TCP connections in order and offers them to a reader:
///
///     std::size_t deliver(const Carriage&, StreamState&, Octets in_order)
///
/// gives back how many of `in_order` it has consumed. The rest is kept and offered again, with what follows
/// it, up to `max_kept` octets. Octets are copied only where they are kept or came out of order.
///
/// - Of octets that come more than once, the first copy counts.
/// - A gap is given up when it was open for 5 seconds of packet time or too much waits behind it; then `lost`
///   is set. It is not given up while the receiver acknowledges nothing behind it: then what waits was not
///   accepted by the receiver either (60 seconds).
/// - A connection may begin in the middle: `from_start` is false, and positions begin at the sequence number.
/// - A SYN or RST counts only if the receiver will take it; else anyone could make us lose our place.
/// - A connection that begins with a TLS record is counted as encrypted and not offered.
/// - In a full table the connection that was longest silent is forgotten.
/// - A connection that leaves while its reader has recognised nothing in it is counted.
class TcpStreams {
 public:
  struct Limits {
    std::uint32_t connections = 65'536;
    std::uint32_t small_buffers = 16'384;  ///< of 4 KiB
    std::uint32_t large_buffers = 256;     ///< of 144 KiB
  };
  static constexpr std::size_t max_kept = 80 * 1024;
  static constexpr std::uint32_t max_held = 256;         ///< out-of-order pieces of one direction
  static constexpr std::int32_t max_distance = 1 << 20;  ///< of a sequence number from the expected one
  static constexpr std::uint64_t gap_lifetime_ns = 5'000'000'000;
  static constexpr std::uint64_t refused_gap_lifetime_ns = 60'000'000'000;

  TcpStreams(Counters& counters, const Limits& limits);
  explicit TcpStreams(Counters& counters) : TcpStreams(counters, Limits{}) {}

  /// Takes a segment; `carriage` holds its time, frame and addresses.
  template <class Deliver>
  void segment(Carriage carriage, const decode::TcpSegment& segment, Deliver&& deliver) {
    carriage.source_port = segment.source_port;
    carriage.destination_port = segment.destination_port;
    const Found found = find(carriage, segment);
    if (found.connection == nullptr) return;
    Connection& connection = *found.connection;
    Direction& direction = connection.directions[found.side];
    if (!accept(connection, found.side, segment)) return;
    if (segment.payload.empty() && direction.held_count == 0 && !direction.fin_seen) return;
    name(carriage, connection, found.side);

    const std::uint32_t sequence = segment.sequence + ((segment.flags & decode::tcp_syn) != 0 ? 1 : 0);
    const Octets in_order = place(direction, sequence, segment.payload, carriage);
    if (!in_order.empty()) offer(connection, direction, carriage, in_order, deliver);
    offer_held(connection, direction, carriage, deliver);
    if (direction.held_count != 0 && must_give_up(direction, carriage.time_ns)) {
      skip_gap(direction);
      offer_held(connection, direction, carriage, deliver);
    }
    if (direction.fin_seen && direction.synchronised && direction.next == direction.fin)
      end(connection, direction, carriage, deliver);
  }

  /// Gives up gaps that were open too long, in connections that are silent since. To be called now and then.
  template <class Deliver>
  void expire(std::uint64_t time_ns, Deliver&& deliver) {
    constexpr unsigned looked_at = 8;
    Direction* next = oldest_gap_;
    for (unsigned i = 0; next != nullptr && i < looked_at; ++i) {
      Direction& direction = *std::exchange(next, next->newer_gap);
      if (direction.held_count != 0 && must_give_up(direction, time_ns)) give_up(direction, deliver);
    }
  }

  /// The end of the input: gives up every gap; counts what waits in vain.
  template <class Deliver>
  void finish(Deliver&& deliver) {
    while (oldest_gap_ != nullptr) give_up(*oldest_gap_, deliver);
    connections_.for_each([this](const TcpEnds&, const Connection& connection) {
      if (is_unrecognised(connection)) return counters_.add(Count::unread_unrecognised_tcp);
      for (const Direction& direction : connection.directions) {
        if (direction.kept_length != 0 && !direction.state.finished)
          counters_.add(Count::unfinished_tcp_stream);
      }
    });
  }

  std::uint32_t connections() const { return connections_.size(); }
  std::uint32_t buffers_taken() const { return buffers_.taken(); }
  TableUse connection_use() const { return connections_.use(); }
  TableUse buffer_use() const { return {buffers_.taken(), buffers_.count()}; }

 private:
  /// The newest places of a stream that reading went on behind. They tell what comes late from what is
  /// repeated.
  class GivenUp {
   public:
    void add(std::uint64_t begin, std::uint64_t end) {
      places_[next_] = {static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)};
      next_ = static_cast<std::uint8_t>((next_ + 1) % places_.size());
    }
    /// Whether one of them has an octet of the `length` before `end`.
    bool overlaps(std::uint64_t end, std::size_t length) const {
      const auto to = static_cast<std::int64_t>(end);
      const auto from = to - static_cast<std::int64_t>(length);
      return std::any_of(places_.begin(), places_.end(),
                         [=](const Place& p) { return from < p.end && to > p.begin; });
    }

   private:
    struct Place {
      std::int64_t begin = 0;
      std::int64_t end = 0;
    };
    std::array<Place, 4> places_;
    std::uint8_t next_ = 0;
  };

  struct Connection;
  struct Direction {
    StreamState state;
    bool synchronised = false;  ///< `next` and `position` hold
    bool offered = false;       ///< the reader has seen octets of it
    bool acknowledgement_seen = false;
    bool pending_syn = false;
    bool fin_seen = false;
    bool stray_seen = false;
    bool gap_linked = false;
    std::uint8_t side = 0;
    std::uint32_t next = 0;           ///< the sequence number that is expected
    std::uint32_t start = 0;          ///< that of the first octet; holds with from_start
    std::uint32_t acknowledged = 0;   ///< by the receiver
    std::uint32_t pending_start = 0;  ///< where the stream starts if the SYN that is in doubt is taken
    std::uint32_t fin = 0;            ///< where the stream ends
    std::uint32_t stray_end = 0;      ///< where the last segment from far away ends
    std::uint64_t position = 0;       ///< of `next` in the stream
    GivenUp given_up;
    BufferPool::Index kept = BufferPool::none;  ///< holds what was offered and not consumed
    std::uint32_t kept_length = 0;
    BufferPool::Index first_held = BufferPool::none;  ///< out-of-order pieces by sequence, none overlapping
    std::uint32_t held_count = 0;
    std::uint64_t gap_since_ns = 0;
    Direction* older_gap = nullptr;  ///< the list of directions with held pieces, by `gap_since_ns`
    Direction* newer_gap = nullptr;
    Connection* connection = nullptr;
  };
  struct Connection {
    TcpEnds ends;
    std::array<Direction, 2> directions;  ///< [0]: from the lower end
    std::array<std::uint64_t, 2> identities{};
    bool encrypted = false;
    bool closed = false;  ///< ended by RST or FIN: a SYN begins a new one
  };
  /// An out-of-order piece; it stands in the buffer with its index.
  struct Held {
    std::uint32_t sequence = 0;
    std::uint32_t length = 0;
    BufferPool::Index next = BufferPool::none;
    std::uint64_t time_ns = 0;
    std::uint64_t frame = 0;
  };
  struct Found {
    Connection* connection = nullptr;
    unsigned side = 0;
  };

  Found find(const Carriage& carriage, const decode::TcpSegment& segment);
  bool accept(Connection& connection, unsigned side, const decode::TcpSegment& segment);
  bool take_syn(Connection& connection, unsigned side, const decode::TcpSegment& segment);
  void restart(Connection& connection, unsigned side, std::uint32_t start);
  void begin(Direction& direction, std::uint32_t start);
  static void name(Carriage& carriage, const Connection& connection, unsigned side);

  Octets place(Direction& direction, std::uint32_t sequence, Octets payload, const Carriage& carriage);
  bool resynchronise(Direction& direction, std::uint32_t sequence, std::size_t length);
  void hold(Direction& direction, std::uint32_t sequence, Octets payload, const Carriage& carriage);
  bool hold_piece(Direction& direction, BufferPool::Index& link, std::uint32_t sequence, Octets piece,
                  const Carriage& carriage);
  BufferPool::Index take_due(Direction& direction, Octets& octets);
  static bool receiver_is_behind(const Direction& direction);
  static bool is_crowded(const Direction& direction);
  static bool must_give_up(const Direction& direction, std::uint64_t time_ns);
  void skip_gap(Direction& direction);
  void go_on_at(Direction& direction, std::uint32_t sequence);
  void link_gap(Direction& direction, std::uint64_t time_ns);
  void unlink_gap(Direction& direction);

  Octets with_kept(Direction& direction, Octets in_order);
  void keep(Direction& direction, Octets rest);
  void drop_kept(Direction& direction);
  void drop_held(Direction& direction);
  void release(Connection& connection);
  static bool is_unrecognised(const Connection& connection);
  void leave(Connection& connection);
  bool is_encrypted(Connection& connection, Direction& direction, Octets octets);

  template <class Deliver>
  void offer(Connection& connection, Direction& direction, Carriage& carriage, Octets in_order,
             Deliver& deliver) {
    unlink_gap(direction);
    const Octets all = with_kept(direction, in_order);
    carriage.position = direction.position - (all.size() - in_order.size());
    direction.next += static_cast<std::uint32_t>(in_order.size());
    direction.position += in_order.size();
    if (is_encrypted(connection, direction, all)) return release(connection);
    direction.state.finished = direction.fin_seen && direction.next == direction.fin;
    const std::size_t consumed = deliver(std::as_const(carriage), direction.state, all);
    direction.state.lost = false;
    if (direction.state.not_mine) {
      counters_.add(Count::unread_other_tcp);
      return release(connection);
    }
    keep(direction, all.subspan(std::min(consumed, all.size())));
  }

  /// `as_they_came`: no packet lets them through, so each has its own frame and time.
  template <class Deliver>
  void offer_held(Connection& connection, Direction& direction, Carriage& carriage, Deliver& deliver,
                  bool as_they_came = false) {
    Octets octets;
    for (BufferPool::Index index = take_due(direction, octets); index != BufferPool::none;
         index = take_due(direction, octets)) {
      if (as_they_came) {
        carriage.time_ns = held_[index].time_ns;
        carriage.frame = held_[index].frame;
      }
      if (!octets.empty()) offer(connection, direction, carriage, octets, deliver);
      buffers_.give_back(index);
    }
    if (direction.held_count != 0) link_gap(direction, carriage.time_ns);
  }

  template <class Deliver>
  void give_up(Direction& direction, Deliver& deliver) {
    Carriage carriage;
    name(carriage, *direction.connection, direction.side);
    skip_gap(direction);
    offer_held(*direction.connection, direction, carriage, deliver, true);
  }

  /// Tells the reader that the stream has ended, where it waits for more.
  template <class Deliver>
  void end(Connection& connection, Direction& direction, Carriage& carriage, Deliver& deliver) {
    connection.closed = true;
    direction.fin_seen = false;
    const bool told = std::exchange(direction.state.finished, true);
    if (told || direction.kept_length == 0) return;
    const Octets rest{buffers_.at(direction.kept), direction.kept_length};
    carriage.position = direction.position - rest.size();
    const std::size_t consumed = deliver(std::as_const(carriage), direction.state, rest);
    keep(direction, rest.subspan(std::min(consumed, rest.size())));
  }

  Counters& counters_;
  BoundedTable<TcpEnds, Connection> connections_;
  BufferPool buffers_;
  std::unique_ptr<Held[]> held_;  ///< by buffer index
  Direction* oldest_gap_ = nullptr;
  Direction* newest_gap_ = nullptr;
};

}  // namespace tollgate::flow
