#include "flow/tcp_streams.hpp"

#include <cstring>

#include "flow/elapsed.hpp"
#include "flow/sequence.hpp"
#include "flow/tls_record.hpp"

namespace tollgate::flow {
namespace {

// What is kept and the longest segment stand in one buffer.
static_assert(TcpStreams::max_kept + 65'535 <= BufferPool::large_size);

}  // namespace

TcpStreams::TcpStreams(Counters& counters, const Limits& limits)
    : counters_(counters),
      connections_(limits.connections),
      buffers_(limits.small_buffers, limits.large_buffers),
      held_(std::make_unique_for_overwrite<Held[]>(buffers_.count())) {}

// --- connections ---

TcpStreams::Found TcpStreams::find(const Carriage& carriage, const decode::TcpSegment& segment) {
  const auto [key, side] = tcp_place(carriage);
  if (Connection* known = connections_.find(key)) return {known, side};
  if ((segment.flags & decode::tcp_rst) != 0) return {};
  if ((segment.flags & decode::tcp_syn) == 0 && segment.payload.empty()) return {};

  Connection& connection = *connections_
                                .find_or_insert(key,
                                                [this](const TcpEnds&, Connection& oldest) {
                                                  leave(oldest);
                                                  counters_.add(Count::evicted_tcp_connection);
                                                })
                                .value;
  connection.ends = key;
  for (std::uint8_t i = 0; i < 2; ++i) {
    connection.directions[i].side = i;
    connection.directions[i].connection = &connection;
  }
  connection.identities = tcp_identities(key, 0);
  return {&connection, side};
}

void TcpStreams::name(Carriage& carriage, const Connection& connection, unsigned side) {
  name_direction(carriage, connection.ends, connection.identities, side);
}

/// What the control bits do. Whether the segment's octets are to be placed.
bool TcpStreams::accept(Connection& connection, unsigned side, const decode::TcpSegment& segment) {
  Direction& direction = connection.directions[side];
  Direction& opposite = connection.directions[1U - side];
  if ((segment.flags & decode::tcp_rst) != 0) {
    // Only where it is expected will the receiver take it (RFC 9293 3.10.7.4).
    if (direction.synchronised && segment.sequence == direction.next) {
      leave(connection);
      direction.synchronised = opposite.synchronised = false;
      direction.offered = opposite.offered = false;
      direction.state = opposite.state = {};
      connection.closed = true;
    }
    return false;
  }
  if ((segment.flags & decode::tcp_syn) != 0) {
    if (!take_syn(connection, side, segment)) return false;
  } else if (direction.pending_syn && segment.sequence == direction.pending_start &&
             segment.sequence != direction.next && !direction.acknowledgement_seen) {
    restart(connection, side, direction.pending_start);
  }
  if ((segment.flags & decode::tcp_ack) != 0 &&
      (!opposite.acknowledgement_seen || distance(opposite.acknowledged, segment.acknowledgement) > 0)) {
    opposite.acknowledgement_seen = true;
    opposite.acknowledged = segment.acknowledgement;
  }
  if (connection.encrypted || direction.state.not_mine || opposite.state.not_mine) {
    if ((segment.flags & decode::tcp_fin) != 0) connection.closed = true;
    if (!segment.payload.empty())
      counters_.add(connection.encrypted ? Count::unread_encrypted : Count::unread_other_tcp);
    return false;
  }
  if ((segment.flags & decode::tcp_fin) != 0) {
    direction.fin_seen = true;
    direction.fin = segment.sequence + static_cast<std::uint32_t>(segment.payload.size()) +
                    ((segment.flags & decode::tcp_syn) != 0 ? 1 : 0);
  }
  return true;
}

/// Whether the SYN begins a stream, or began the one that is known. A SYN into a living connection is in
/// doubt: its receiver takes it only if that end has closed (RFC 9293 3.10.7.4), which the SYN-ACK or, where
/// nothing of the other direction is seen, the next segment shows.
bool TcpStreams::take_syn(Connection& connection, unsigned side, const decode::TcpSegment& segment) {
  Direction& direction = connection.directions[side];
  Direction& opposite = connection.directions[1U - side];
  const std::uint32_t start = segment.sequence + 1;
  if (direction.synchronised && direction.state.from_start && direction.start == start) return true;
  if ((segment.flags & decode::tcp_ack) == 0) {
    if (!direction.synchronised || connection.closed) {
      restart(connection, side, start);
      return true;
    }
  } else {
    const bool answers_pending = opposite.pending_syn && opposite.pending_start == segment.acknowledgement;
    if (answers_pending) restart(connection, opposite.side, opposite.pending_start);
    const bool answers = opposite.synchronised && opposite.state.from_start && !opposite.offered &&
                         opposite.start == segment.acknowledgement;
    if (!direction.synchronised || answers) {
      begin(direction, start);
      if (!opposite.synchronised) begin(opposite, segment.acknowledgement);
      return true;
    }
  }
  direction.pending_syn = true;
  direction.pending_start = start;
  return false;
}

/// A new connection between the same ends: this direction's first octet has the sequence number `start`.
void TcpStreams::restart(Connection& connection, unsigned side, std::uint32_t start) {
  leave(connection);
  for (Direction& direction : connection.directions) {
    Direction fresh;
    fresh.side = direction.side;
    fresh.connection = &connection;
    direction = fresh;
  }
  connection.encrypted = connection.closed = false;
  connection.identities = tcp_identities(connection.ends, std::uint64_t{1} << 32U | start);
  begin(connection.directions[side], start);
}

void TcpStreams::begin(Direction& direction, std::uint32_t start) {
  drop_kept(direction);
  drop_held(direction);
  direction.synchronised = true;
  direction.offered = direction.pending_syn = false;
  direction.state = {};
  direction.state.from_start = true;
  direction.next = direction.start = start;
  direction.position = 0;
  direction.given_up = {};
}

void TcpStreams::release(Connection& connection) {
  for (Direction& direction : connection.directions) {
    drop_kept(direction);
    drop_held(direction);
  }
}

/// Whether the reader was offered octets and has recognised nothing in any of them.
bool TcpStreams::is_unrecognised(const Connection& connection) {
  const auto& [a, b] = connection.directions;
  if (connection.encrypted || a.state.not_mine || b.state.not_mine) return false;  // counted as that
  return (a.offered || b.offered) && (!a.offered || a.state.unrecognised) &&
         (!b.offered || b.state.unrecognised);
}

/// The connection is over or forgotten.
void TcpStreams::leave(Connection& connection) {
  if (is_unrecognised(connection)) counters_.add(Count::unread_unrecognised_tcp);
  release(connection);
}

bool TcpStreams::is_encrypted(Connection& connection, Direction& direction, Octets octets) {
  if (direction.offered) return false;
  direction.offered = true;
  if (!is_tls_record(octets)) return false;
  connection.encrypted = true;
  counters_.add(Count::unread_encrypted);
  return true;
}

// --- order ---

/// What of `payload` is due now, straight from the packet. What comes too early is held.
Octets TcpStreams::place(Direction& direction, std::uint32_t sequence, Octets payload,
                         const Carriage& carriage) {
  if (payload.empty()) return {};
  if (!direction.synchronised) {
    direction.synchronised = true;
    direction.next = sequence;
    direction.position = sequence;
    // What comes now and stands before it was not seen.
    direction.given_up.add(direction.position - max_distance, direction.position);
  }
  std::int32_t ahead = distance(direction.next, sequence);
  if (ahead > max_distance || ahead < -max_distance) {
    if (!resynchronise(direction, sequence, payload.size())) return {};
    ahead = 0;
  }
  if (ahead > 0) {
    hold(direction, sequence, payload, carriage);
    return {};
  }
  const auto known = static_cast<std::size_t>(-ahead);
  const std::size_t before = std::min(known, payload.size());
  const bool late = known != 0 && direction.given_up.overlaps(direction.position - (known - before), before);
  if (late) counters_.add(Count::late_tcp_segment);
  if (known >= payload.size()) {
    if (!late) counters_.add(Count::repeated_tcp_segment);
    return {};
  }
  payload = payload.subspan(known);
  if (direction.held_count == 0) return payload;
  // Where a held piece came first, it counts; what stands behind it takes the same way through the list.
  const std::size_t until = held_[direction.first_held].sequence - direction.next;
  if (payload.size() > until)
    hold(direction, direction.next + static_cast<std::uint32_t>(until), payload.subspan(until), carriage);
  return payload.first(std::min(until, payload.size()));
}

/// A segment far from the expected place: a stray, unless the next one follows on it and the receiver is
/// there as well. Then much of the stream was not seen, and reading goes on there.
bool TcpStreams::resynchronise(Direction& direction, std::uint32_t sequence, std::size_t length) {
  const bool follows = direction.stray_seen && sequence == direction.stray_end;
  direction.stray_seen = true;
  direction.stray_end = sequence + static_cast<std::uint32_t>(length);
  const std::int32_t receiver = distance(sequence, direction.acknowledged);
  const bool believed =
      !direction.acknowledgement_seen || (receiver <= max_distance && receiver >= -max_distance);
  if (!follows || !believed) {
    counters_.add(Count::unread_tcp_out_of_window);
    return false;
  }
  counters_.add(Count::skipped_tcp_gap);
  drop_held(direction);
  go_on_at(direction, sequence);
  direction.stray_seen = false;
  return true;
}

/// Copies what no held piece covers yet.
void TcpStreams::hold(Direction& direction, std::uint32_t sequence, Octets payload,
                      const Carriage& carriage) {
  const auto from_next = [&](std::uint32_t number) { return number - direction.next; };
  BufferPool::Index* link = &direction.first_held;
  bool held_any = false;
  while (!payload.empty()) {
    const std::uint32_t at = from_next(sequence);
    std::size_t length = payload.size();
    if (*link != BufferPool::none) {
      Held& piece = held_[*link];
      const std::uint32_t begin = from_next(piece.sequence);
      const std::uint32_t end = begin + piece.length;
      if (end <= at) {
        link = &piece.next;
        continue;
      }
      if (begin <= at) {
        const std::size_t covered = std::min<std::size_t>(length, end - at);
        payload = payload.subspan(covered);
        sequence += static_cast<std::uint32_t>(covered);
        continue;
      }
      length = std::min<std::size_t>(length, begin - at);
    }
    if (direction.held_count == max_held)
      return counters_.add(Count::lost_tcp_too_many_pieces, payload.size());
    if (!hold_piece(direction, *link, sequence, payload.first(length), carriage))
      return counters_.add(Count::lost_tcp_no_buffer, payload.size());
    held_any = true;
    link = &held_[*link].next;
    payload = payload.subspan(length);
    sequence += static_cast<std::uint32_t>(length);
  }
  if (!held_any) counters_.add(Count::repeated_tcp_segment);
}

/// Copies a piece into a buffer that `link` then names.
bool TcpStreams::hold_piece(Direction& direction, BufferPool::Index& link, std::uint32_t sequence,
                            Octets piece, const Carriage& carriage) {
  const BufferPool::Index index = buffers_.take(piece.size());
  if (index == BufferPool::none) return false;
  std::memcpy(buffers_.at(index), piece.data(), piece.size());
  held_[index] = {.sequence = sequence,
                  .length = static_cast<std::uint32_t>(piece.size()),
                  .next = link,
                  .time_ns = carriage.time_ns,
                  .frame = carriage.frame};
  link = index;
  ++direction.held_count;
  return true;
}

/// Takes the first held piece out of the list if its place is reached; `octets` is what of it is new. The
/// caller gives the buffer back.
BufferPool::Index TcpStreams::take_due(Direction& direction, Octets& octets) {
  const BufferPool::Index index = direction.first_held;
  if (index == BufferPool::none) return BufferPool::none;
  const Held& piece = held_[index];
  const std::int32_t ahead = distance(direction.next, piece.sequence);
  if (ahead > 0) return BufferPool::none;
  const auto known = std::min<std::size_t>(static_cast<std::size_t>(-ahead), piece.length);
  octets = Octets{buffers_.at(index), piece.length}.subspan(known);
  direction.first_held = piece.next;
  --direction.held_count;
  if (direction.held_count == 0) unlink_gap(direction);
  return index;
}

// --- gaps ---

/// Whether the receiver may have what stands behind the gap.
bool TcpStreams::receiver_is_behind(const Direction& direction) {
  return !direction.acknowledgement_seen || distance(direction.next, direction.acknowledged) > 0;
}

bool TcpStreams::is_crowded(const Direction& direction) {
  return direction.held_count == max_held && receiver_is_behind(direction);
}

bool TcpStreams::must_give_up(const Direction& direction, std::uint64_t time_ns) {
  return is_crowded(direction) ||
         elapsed(direction.gap_since_ns, time_ns) >=
             (receiver_is_behind(direction) ? gap_lifetime_ns : refused_gap_lifetime_ns);
}

/// Moves to the first held piece.
void TcpStreams::skip_gap(Direction& direction) {
  counters_.add(is_crowded(direction) ? Count::crowded_tcp_gap : Count::skipped_tcp_gap);
  unlink_gap(direction);
  go_on_at(direction, held_[direction.first_held].sequence);
}

/// Gives up what stands before `sequence`. What is kept from before that cannot be completed any more.
void TcpStreams::go_on_at(Direction& direction, std::uint32_t sequence) {
  drop_kept(direction);
  const std::uint64_t position = direction.position + (sequence - direction.next);
  direction.given_up.add(direction.position, position);
  direction.position = position;
  direction.next = sequence;
  direction.state.lost = true;
}

void TcpStreams::link_gap(Direction& direction, std::uint64_t time_ns) {
  if (direction.gap_linked) return;
  direction.gap_linked = true;
  direction.gap_since_ns = time_ns;
  direction.older_gap = newest_gap_;
  direction.newer_gap = nullptr;
  (newest_gap_ != nullptr ? newest_gap_->newer_gap : oldest_gap_) = &direction;
  newest_gap_ = &direction;
}

void TcpStreams::unlink_gap(Direction& direction) {
  if (!direction.gap_linked) return;
  direction.gap_linked = false;
  (direction.older_gap != nullptr ? direction.older_gap->newer_gap : oldest_gap_) = direction.newer_gap;
  (direction.newer_gap != nullptr ? direction.newer_gap->older_gap : newest_gap_) = direction.older_gap;
}

void TcpStreams::drop_held(Direction& direction) {
  unlink_gap(direction);
  while (direction.first_held != BufferPool::none) {
    const BufferPool::Index index = direction.first_held;
    direction.first_held = held_[index].next;
    buffers_.give_back(index);
  }
  direction.held_count = 0;
}

// --- what the reader has not consumed ---

/// What was kept and `in_order` in one piece.
Octets TcpStreams::with_kept(Direction& direction, Octets in_order) {
  if (direction.kept == BufferPool::none) return in_order;
  const std::size_t size = direction.kept_length + in_order.size();
  if (size > buffers_.size(direction.kept)) {
    const BufferPool::Index larger = buffers_.take(size);
    if (larger == BufferPool::none) {
      counters_.add(Count::lost_tcp_no_buffer, direction.kept_length);
      drop_kept(direction);
      direction.state.lost = true;
      return in_order;
    }
    std::memcpy(buffers_.at(larger), buffers_.at(direction.kept), direction.kept_length);
    buffers_.give_back(std::exchange(direction.kept, larger));
  }
  std::byte* const buffer = buffers_.at(direction.kept);
  std::memcpy(buffer + direction.kept_length, in_order.data(), in_order.size());
  direction.kept_length = static_cast<std::uint32_t>(size);
  return {buffer, size};
}

/// Keeps `rest`, which ends what was offered: the end of the buffer where one is in use, else of the packet.
void TcpStreams::keep(Direction& direction, Octets rest) {
  if (rest.empty()) return drop_kept(direction);
  const BufferPool::Index old = direction.kept;
  const bool too_long = rest.size() > max_kept;
  BufferPool::Index index = old;
  if (!too_long && (old == BufferPool::none ||
                    (buffers_.size(old) > BufferPool::small_size && rest.size() <= BufferPool::small_size)))
    index = buffers_.take(rest.size());
  if (index == BufferPool::none) index = old;
  if (too_long || index == BufferPool::none) {
    counters_.add(too_long ? Count::unread_tcp_too_long : Count::lost_tcp_no_buffer,
                  too_long ? 1 : rest.size());
    drop_kept(direction);
    direction.state.lost = true;
    return;
  }
  std::memmove(buffers_.at(index), rest.data(), rest.size());
  if (old != BufferPool::none && old != index) buffers_.give_back(old);
  direction.kept = index;
  direction.kept_length = static_cast<std::uint32_t>(rest.size());
}

void TcpStreams::drop_kept(Direction& direction) {
  if (direction.kept != BufferPool::none) buffers_.give_back(direction.kept);
  direction.kept = BufferPool::none;
  direction.kept_length = 0;
}

}  // namespace tollgate::flow
