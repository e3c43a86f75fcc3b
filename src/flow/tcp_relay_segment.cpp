#include <algorithm>
#include <cstring>

#include "flow/elapsed.hpp"
#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint8_t fin = decode::tcp_fin;

/// What the receiver may acknowledge at most: the FIN counts as one.
std::uint32_t with_fin(const RelayDirection& direction, std::uint32_t sequence) {
  return direction.fin_seen && sequence == direction.fin ? sequence + 1 : sequence;
}

/// Whether options hold a selective acknowledgement (RFC 2018 3).
bool acknowledges_ranges(Octets options) {
  constexpr unsigned end_of_list = 0;
  constexpr unsigned no_operation = 1;
  constexpr unsigned sack = 5;
  for (std::size_t at = 0; at < options.size();) {
    const auto kind = std::to_integer<unsigned>(options[at]);
    if (kind == sack) return true;
    if (kind == end_of_list) return false;
    if (kind == no_operation) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) return false;
    const auto length = std::to_integer<std::size_t>(options[at + 1]);
    if (length < 2) return false;
    at += length;
  }
  return false;
}

}  // namespace

bool TcpRelay::passes_all(const Work& work, const RelayDirection& direction) const {
  return bypass_ || direction.reader.unrecognised || work.state.ignored != Ignored::no;
}

void TcpRelay::take(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  if (has(segment, decode::tcp_rst)) return reset(work, arrival);
  RelayDirection& forward = work.forward();
  const bool takes_place = !segment.payload.empty() || has(segment, fin);
  if (!forward.synchronised && takes_place) {
    if (!has(segment, decode::tcp_ack)) {
      counters_.add(Count::refused_tcp_octets, segment.payload.size());
      work.plan.packet = bypass_ ? Plan::Packet::pass : Plan::Packet::drop;
      return;
    }
    begin_at(work, segment.sequence);
  }
  work.state.reset_ns = 0;
  work.is_acceptable = acceptable(work, arrival);
  if (work.is_acceptable && is_before_start(forward, segment)) {
    counters_.add(Count::restarted_tcp_stream);
    begin_at(work, segment.sequence);
  }
  if (work.is_acceptable) acknowledgement(work, arrival);
  learn(work, arrival);
  if (takes_place && work.is_astray) return ask_receiver(work, segment);
  if (!takes_place) {
    // A sender that was told that all is delivered asks from before its end whether we are still there.
    if (forward.custody.holds(forward.acked) && segment.sequence + 1 == forward.custody.end)
      work.plan.acknowledge[work.side] = true;
    return leave_as_it_is(work, segment);
  }
  if (forward.lacking_ns != 0 && !forward.lost &&
      elapsed(forward.lacking_ns, work.time_ns) >= lacking_lifetime_ns) {
    forward.lost = true;
    counters_.add(Count::lost_tcp_unknown_custody);
  }
  octets(work, arrival);
}

/// A RST counts where the receiver will take it (RFC 5961 3.2); the sender may count octets that are held.
void TcpRelay::reset(Work& work, const TcpArrival& arrival) {
  RelayDirection& forward = work.forward();
  const std::uint32_t sequence = arrival.segment.sequence;
  work.plan.packet = Plan::Packet::pass;
  if (work.is_misplaced || !forward.synchronised || distance(forward.sent, sequence) < 0 ||
      distance(sequence, with_fin(forward, forward.window.next)) < 0)
    return;
  const bool after_fin = forward.fin_sent && sequence != forward.sent;
  if (sequence != forward.sent && !after_fin) {
    work.plan.packet = Plan::Packet::change;
    work.plan.change = {.sequence = forward.sent,
                        .size = static_cast<std::uint32_t>(arrival.segment.payload.size()),
                        .flags = arrival.segment.flags};
  }
  for (RelayDirection& direction : work.state.directions) {
    if (!direction.synchronised) continue;
    const std::uint32_t held = direction.window.next - direction.sent;
    if (held != 0) counters_.add(Count::dropped_tcp_reset, held);
    // What was sent is still repeated as it was: the receiver may not have got, or taken, the RST.
    direction.window.next = direction.sent;
    direction.window.range_count = 0;
    direction.custody.taken = false;
  }
  work.state.reset_ns = std::max<std::uint64_t>(work.time_ns, 1);
}

/// Whether a segment stands where its receiver looks at it (RFC 9293 3.10.7.4): what others say is not
/// believed. One that ends where the receiver waits is looked at, as by the receivers that there are; the
/// empty keep-alive of before that is not.
bool TcpRelay::is_in_window(const Work& work, const decode::TcpSegment& segment) {
  const RelayDirection& forward = work.state.directions[work.side];
  if (!forward.synchronised || is_before_start(forward, segment)) return true;
  const std::uint32_t next = with_fin(forward, forward.window.next);
  std::uint32_t limit = forward.edge_known ? later(next, forward.edge) : next;
  if (forward.has_claimed) limit = later(limit, forward.claimed);
  // Of what is not read no more is kept: there the stream goes on.
  if (!forward.edge_known || work.state.ignored != Ignored::no) limit += most_distance;
  const std::uint32_t end = end_of(segment) + (has(segment, fin) ? 1 : 0);
  return distance(forward.acked, end) >= 0 && distance(segment.sequence, limit) >= 0;
}

/// Whether the receiver takes the segment's octets, and believes the rest of it: it has an ACK and stands in
/// the window, its timestamp is not older than one that came before it (RFC 7323 5.2), and it acknowledges
/// nothing that the receiver has not sent (RFC 9293 3.10.7.4).
bool TcpRelay::acceptable(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  RelayDirection& backward = work.backward();
  if (!has(segment, decode::tcp_ack)) return false;
  if (work.is_misplaced) return is_in_window(work, segment);
  if (forward.timestamps && work.options.timestamp_value &&
      distance(forward.timestamp_in_order, *work.options.timestamp_value) < 0)
    return false;
  if (backward.synchronised && is_astray(work, segment)) return false;
  if (!is_in_window(work, segment)) return false;
  if (backward.synchronised &&
      distance(with_fin(backward, backward.window.next), segment.acknowledgement) > 0) {
    // Octets have passed around us. Their sender will show it by going on there.
    backward.has_claimed = true;
    backward.claimed = segment.acknowledgement;
    if (backward.edge_known)
      backward.edge =
          later(backward.edge, segment.acknowledgement + (std::uint32_t{segment.window} << backward.scale));
  }
  return true;
}

/// Whether the segment acknowledges what is not known to be sent, or was long ago, from where no octet is
/// waited for. Its receiver takes no such octets, unless what lies between has passed around us.
bool TcpRelay::is_astray(Work& work, const decode::TcpSegment& segment) {
  RelayDirection& forward = work.forward();
  const RelayDirection& backward = work.backward();
  const bool is_ahead = distance(with_fin(backward, backward.window.next), segment.acknowledgement) > 0;
  // RFC 5961 5.2. Where the scale is not known, so is not the window.
  constexpr std::uint32_t least_unknown = 0x1'0000;
  const std::uint32_t window = std::max(backward.widest, backward.edge_known ? 0 : least_unknown);
  const bool is_behind =
      distance(segment.acknowledgement, backward.acked) > static_cast<std::int32_t>(window);
  forward.astray = is_behind || (is_ahead && forward.synchronised && segment.sequence != forward.window.next);
  forward.astray_sequence = segment.sequence;
  forward.astray_acknowledgement = segment.acknowledgement;
  return work.is_astray = forward.astray;
}

/// Every receiver answers what it has already, and says where it stands.
void TcpRelay::ask_receiver(Work& work, const decode::TcpSegment& segment) {
  constexpr std::uint8_t of_payload = fin | decode::tcp_psh | decode::tcp_urg;
  counters_.add(Count::dropped_tcp_astray);
  work.plan.packet = Plan::Packet::change;
  work.plan.change = {.sequence = segment.sequence - 1,
                      .flags = static_cast<std::uint8_t>(segment.flags & ~of_payload)};
}

/// Keeps what headers say of the sender: what we send in its place says the same.
void TcpRelay::learn(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  if (work.is_misplaced) return;
  if (!arrival.in_fragments)
    forward.largest = std::max(
        forward.largest, static_cast<std::uint16_t>(std::min<std::size_t>(segment.payload.size(), 0xffff)));
  if (!work.is_acceptable) return;
  if (work.options.timestamp_value) {
    forward.timestamps = true;
    const bool is_first = forward.timestamp == 0 && forward.timestamp_in_order == 0;
    if (is_first || distance(forward.timestamp, *work.options.timestamp_value) >= 0) {
      forward.timestamp = *work.options.timestamp_value;
      forward.timestamp_echo = work.options.timestamp_echo;
    }
    if (is_first || distance(segment.sequence, forward.window.next) >= 0)
      forward.timestamp_in_order = is_first
                                       ? *work.options.timestamp_value
                                       : later(forward.timestamp_in_order, *work.options.timestamp_value);
  } else {
    forward.timestamps = false;
  }
  if (!has(segment, decode::tcp_ack)) return;
  const std::int32_t ahead = distance(forward.acknowledgement, segment.acknowledgement);
  const bool is_first = forward.acknowledgement == 0 && forward.advertised == 0;
  work.has_news = is_first || ahead > 0 || (ahead == 0 && segment.window > forward.advertised) ||
                  acknowledges_ranges(segment.options);
  if (ahead < 0 && !is_first) return;
  // Where nothing more is acknowledged, a smaller window is one that was overtaken: the edge never moves
  // back.
  forward.advertised = ahead == 0 ? std::max(forward.advertised, segment.window) : segment.window;
  forward.acknowledgement = segment.acknowledgement;
}

/// What the segment says of the octets that its sender receives.
void TcpRelay::acknowledgement(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& backward = work.backward();
  if (!has(segment, decode::tcp_ack) || !backward.synchronised || work.is_misplaced) return;
  std::uint32_t acked = segment.acknowledgement;
  if (distance(backward.start, acked) >= 0) {
    backward.reached = true;
    backward.lacking_ns = 0;
  } else if (!backward.reached && backward.lacking_ns == 0) {
    backward.lacking_ns = work.time_ns;
  }
  if (distance(with_fin(backward, backward.window.next), acked) > 0) {
    if (work.state.ignored == Ignored::no) return;
    acked = backward.window.next;  // no more is kept
  }
  if (distance(backward.start, acked) >= 0) confirm(work.local);
  const unsigned side = 1 - work.side;
  const std::uint32_t limit = backward.fin_sent ? with_fin(backward, backward.sent) : backward.sent;
  if (distance(limit, acked) > 0) {
    // Not believed: these octets have not left. But their sender will not repeat them.
    if (backward.edge_known)
      backward.custody.take(earlier(acked, backward.window.next), work.time_ns, 3 * backward.round_trip_ns);
    acked = limit;
  }
  const std::uint32_t window = std::uint32_t{segment.window} << backward.scale;
  backward.widest = std::max(backward.widest, window);
  const std::uint32_t edge = acked + window;
  const bool same_edge = edge == backward.edge;
  const std::uint32_t room_before = backward.edge - backward.custody.end;
  const bool opens = distance(backward.edge, edge) > 0 && room_before < 2U * backward.segment_size;
  if (backward.edge_known && distance(backward.edge, edge) > 0) {
    backward.edge = edge;
    backward.edge_ns = work.time_ns;
  }
  backward.receiver_seen = true;
  const std::int32_t ahead = distance(backward.acked, acked);
  bool repeats = false;
  if (ahead > 0) {
    backward.acked = acked;
    repeats = backward.custody.acknowledged(acked, backward.sent, work.time_ns);
    if (backward.timed && distance(backward.timed_end, acked) >= 0) {
      const std::uint64_t sample = elapsed(backward.timed_ns, work.time_ns);
      backward.round_trip_ns =
          backward.round_trip_ns == 0 ? sample : (7 * backward.round_trip_ns + sample) / 8;
      backward.timed = false;
    }
  } else if (ahead == 0 && segment.payload.empty() && same_edge) {
    repeats = backward.custody.duplicate(acked, backward.sent, work.time_ns);
  }
  // To a sender that was told more, this is an old acknowledgement, whose window it does not look at.
  if (backward.edge_known && opens && backward.custody.holds(backward.acked))
    work.plan.acknowledge[side] = true;
  if (repeats) work.plan.more[side] = {backward.acked, backward.repeat_end()};
}

void TcpRelay::octets(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  const std::uint32_t begin = segment.sequence;
  const std::uint32_t end = end_of(segment);
  if (forward.has_claimed && work.is_acceptable) {
    // The receiver has what did not come here, and the sender knows it.
    const std::uint32_t first =
        forward.window.holds_ranges() ? earlier(forward.window.ranges[0].begin, begin) : begin;
    if (distance(forward.window.next, first) > 0 && distance(first, forward.claimed) >= 0)
      go_on_at(work, forward, first);
    if (distance(forward.window.next, forward.claimed) <= 0) forward.has_claimed = false;
  }
  if (distance(has(segment, fin) ? end + 1 : end, forward.acked) >= 0) {
    // Where the receiver is never seen, it may lack it. A keep-alive has one octet at most.
    if (!forward.receiver_seen && segment.payload.size() > 1 && !passes_all(work, forward)) {
      const bool stops = work.is_closed_link();
      counters_.add(stops ? Count::stopped_tcp_behind : Count::unread_tcp_behind);
      if (!stops) return leave_as_it_is(work, segment);
      work.plan.packet = Plan::Packet::drop;
      return;
    }
    // The receiver has all of it, and takes no other.
    counters_.add(Count::repeated_tcp_segment);
    if (forward.custody.holds(forward.acked)) work.plan.acknowledge[work.side] = true;
    return leave_as_it_is(work, segment);
  }
  const std::uint32_t next_before = forward.window.next;
  if (work.is_acceptable) {
    if (!place(work, arrival)) return;
  } else if (distance(next_before, end) > 0) {
    counters_.add(Count::refused_tcp_octets, end - later(begin, next_before));
  }

  const bool is_held_again = distance(end, next_before) >= 0 && distance(forward.sent, end) > 0;
  if (is_held_again || (forward.custody.holds(forward.acked) && distance(end, forward.custody.end) >= 0)) {
    if (!take_custody(work, work.side))
      work.plan.acknowledge[work.side] = forward.custody.holds(forward.acked);
  }
  leave(work, arrival);
}

/// Keeps the octets and offers what is in order. False where the connection is not looked at any more.
bool TcpRelay::place(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  RelayWindow& window = forward.window;
  const std::uint32_t begin = segment.sequence;
  const std::uint32_t end = end_of(segment);
  std::uint32_t limit = end;
  if (forward.edge_known) limit = earlier(limit, forward.edge);
  if (forward.fin_seen) limit = earlier(limit, forward.fin);
  if (!forward.edge_known && distance(window.next, begin) > most_distance) limit = begin;
  if (distance(forward.low(), limit) > static_cast<std::int32_t>(capacity)) {
    // Of a stream whose receiver is never seen, nobody says what is no longer needed: half is kept.
    if (!forward.receiver_seen)
      forward.acked = later(forward.acked, earlier(forward.sent, limit - capacity / 2));
    limit = earlier(limit, forward.low() + capacity);
  }
  const bool in_order = begin == window.next;
  const std::uint32_t next_before = window.next;
  bool all = limit == end;
  if (distance(later(begin, window.next), limit) > 0) {
    const std::size_t needed = later(limit, window.top()) - forward.low();
    if (!window.make_room(forward.low(), limit, memory_.buffers(), work.released) &&
        !(recycle(work, needed) &&
          window.make_room(forward.low(), limit, memory_.buffers(), work.released))) {
      if (work.is_closed_link() && !bypass_) {  // they come again
        counters_.add(Count::stopped_tcp_no_buffer);
        leave_without_payload(work, arrival);
        return false;
      }
      if (window.buffer == RelayWindow::none) {
        stop_reading(work, Ignored::no_room);
        counters_.add(Count::unread_tcp_no_buffer);
        work.plan.packet = Plan::Packet::pass;
        return false;
      }
      limit = begin;
    }
    const auto placed = window.place(begin, segment.payload.first(limit - begin), passes_all(work, forward),
                                     memory_.buffers());
    all = limit == end && placed.all;
    work.is_fresh = in_order && all && placed.fresh;
    work.has_gone = placed.any_gone;
    work.gone_begin = placed.gone_begin;
    work.gone_end = placed.gone_end;
  }
  if (!all && distance(limit, end) > 0) counters_.add(Count::refused_tcp_octets, end - later(begin, limit));
  if (all && has(segment, fin) && !forward.fin_seen) {
    forward.fin_seen = true;
    forward.fin = end;
  }
  const bool ends = forward.fin_seen && window.next == forward.fin && !forward.reader.finished;
  if (window.next != next_before || ends) offer(work, work.side, arrival.carriage);
  if (distance(window.next, begin) > 0 && !passes_all(work, forward)) work.plan.acknowledge[work.side] = true;

  if (!forward.holds()) forward.held_since_ns = 0;
  else if (forward.held_since_ns == 0 || forward.sent != work.sent_before)
    forward.held_since_ns = work.time_ns;
  if (forward.sent != work.sent_before) {
    if (!forward.custody.waits(forward.acked, work.sent_before)) forward.custody.start_timer(work.time_ns);
    if (!forward.timed) {
      forward.timed = true;
      forward.timed_end = forward.sent;
      forward.timed_ns = work.time_ns;
    }
  }
  return true;
}

/// Whether the sender can be told that what is held is delivered, and was not yet.
bool TcpRelay::may_take_custody(const RelayConnection& state, unsigned side) const {
  const RelayDirection& direction = state.directions[side];
  const std::uint32_t to = direction.window.next;
  if (!takes_custody_ || !direction.edge_known || !state.directions[1 - side].has_headers) return false;
  return distance(direction.acked, to) > 0 &&
         (!direction.custody.taken || distance(direction.custody.end, to) > 0);
}

/// Tells the sender that what is held is delivered. False where that cannot be, or would tell nothing new.
bool TcpRelay::take_custody(Work& work, unsigned side) {
  if (!may_take_custody(work.state, side)) return false;
  RelayDirection& direction = work.state.directions[side];
  direction.custody.take(direction.window.next, work.time_ns, 3 * direction.round_trip_ns);
  work.plan.acknowledge[side] = true;
  counters_.add(Count::taken_tcp_custody);
  return true;
}

// --- the segment in hand ---

/// What of the segment leaves, and what leaves around it.
void TcpRelay::leave(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  Plan& plan = work.plan;
  const std::uint32_t begin = segment.sequence;
  const std::uint32_t end = end_of(segment);
  const std::uint32_t before = work.sent_before;
  const std::uint32_t sent = forward.sent;
  plan.before = {before, earlier(later(begin, before), sent)};

  std::uint32_t behind = later(end, before);
  if (work.has_gone) behind = later(behind, work.gone_end);
  if (distance(behind, sent) > 0) plan.behind = {behind, sent};
  const bool all_sent = forward.fin_seen && sent == forward.fin && forward.window.next == forward.fin;
  const bool ends_here = has(segment, fin) && all_sent && end == forward.fin;
  plan.fin_behind = all_sent && !ends_here && !forward.fin_sent;
  if (all_sent) forward.fin_sent = true;

  if (passes_all(work, forward) && distance(sent, begin) > 0) {
    plan.packet = Plan::Packet::pass;  // ahead of its time, but nobody waits for order
    return;
  }
  const std::uint32_t known = earlier(end, sent);
  const std::uint32_t stays = bypass_ ? end : known;  // what found no room, too
  const bool goes_on = bypass_ || distance(begin, stays) > 0 || (ends_here && begin == end);
  if (!goes_on) return leave_without_payload(work, arrival);

  auto flags = static_cast<std::uint8_t>(segment.flags & (ends_here || bypass_ ? 0xff : ~fin));
  if (is_urgent(work, segment)) {
    flags = static_cast<std::uint8_t>(flags & ~decode::tcp_urg);
    counters_.add(Count::cleared_tcp_urgent);
  }
  plan.packet = Plan::Packet::pass;
  const std::uint32_t from = earlier(later(begin, forward.low()), known);
  const bool cut = stays != end || flags != segment.flags;
  if (!cut && work.is_fresh && !work.is_edited) return;
  if (!cut && (from == known || std::memcmp(forward.window.at(from, memory_.buffers()),
                                            segment.payload.data() + (from - begin), known - from) == 0))
    return;
  plan.packet = Plan::Packet::change;
  plan.change = {.sequence = begin, .size = stays - begin, .flags = flags, .offset = from - begin};
  plan.change_from = from;
  plan.change_end = known;
}

/// Whether the receiver would take an urgent octet, of this segment or a later one, out of the stream, and
/// read another message than we do.
bool TcpRelay::is_urgent(const Work& work, const decode::TcpSegment& segment) const {
  if (!has(segment, decode::tcp_urg) || bypass_) return false;
  return work.state.owes_judged() || !passes_all(work, work.state.directions[work.side]);
}

/// It has no octets that the receiver takes.
void TcpRelay::leave_as_it_is(Work& work, const decode::TcpSegment& segment) {
  work.plan.packet = Plan::Packet::pass;
  if (!is_urgent(work, segment)) return;
  counters_.add(Count::cleared_tcp_urgent);
  work.plan.packet = Plan::Packet::change;
  work.plan.change = {.sequence = segment.sequence,
                      .size = static_cast<std::uint32_t>(segment.payload.size()),
                      .flags = static_cast<std::uint8_t>(segment.flags & ~decode::tcp_urg)};
}

/// None of its octets may go. The rest of it leaves where the receiver needs it.
void TcpRelay::leave_without_payload(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  RelayDirection& forward = work.forward();
  Plan& plan = work.plan;
  constexpr std::uint8_t of_payload = fin | decode::tcp_psh | decode::tcp_urg;
  const bool probes = forward.edge_known && distance(forward.edge, segment.sequence) >= 0 &&
                      forward.edge == forward.window.next;
  if (!probes && !work.has_news) {
    plan.packet = Plan::Packet::drop;
    return;
  }
  plan.packet = Plan::Packet::change;
  // Every receiver answers what it has already.
  plan.change = {.sequence = probes ? forward.acked - 1 : forward.sent,
                 .flags = static_cast<std::uint8_t>(segment.flags & ~of_payload)};
  if (probes && forward.custody.holds(forward.acked)) plan.acknowledge[work.side] = true;
}

}  // namespace tollgate::flow
