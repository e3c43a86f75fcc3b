#include "flow/tcp_relay.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "flow/elapsed.hpp"
#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint16_t default_segment_size = 536;  // RFC 9293 3.7.1
constexpr int timestamps_size = 12;
constexpr std::uint8_t largest_scale = 14;  // RFC 7323 2.3

/// Of a segment that goes on unread.
Count count_of(Ignored why) {
  switch (why) {
    case Ignored::no:
    case Ignored::not_mine: break;
    case Ignored::encrypted: return Count::unread_encrypted;
    case Ignored::authenticated: return Count::unread_tcp_authenticated;
    case Ignored::no_room: return Count::unread_tcp_no_buffer;
  }
  return Count::unread_other_tcp;
}

}  // namespace

TcpRelay::TcpRelay(std::span<std::byte> memory, const Limits& limits, std::span<const Link> links,
                   Counters& counters, StreamReader& reader, Edits& edits)
    : memory_(memory, limits),
      links_(links),
      counters_(counters),
      reader_(reader),
      edits_(edits),
      table_(limits.connections) {}

std::uint32_t TcpRelay::adopt(std::uint64_t time_ns) {
  memory_.adopt([&](std::uint32_t slot) {
    if (!knows_links(slot)) return memory_.free_slot(slot);
    Local& local = *table_.find_or_insert(memory_.committed(slot).ends).value;
    if (local.slot != RelayMemory::none) return memory_.free_slot(slot);
    local.slot = slot;
    const RelayConnection& state = memory_.committed(slot);
    local.ends = state.ends;
    if (!state.directions[0].receiver_seen && !state.directions[1].receiver_seen) doubt(local);
    note_buffers(local, state);
    due_.put(local, time_ns, time_ns);
  });
  return table_.size();
}

/// Whether the links are there over which the connection's packets came.
bool TcpRelay::knows_links(std::uint32_t slot) {
  const RelayConnection& state = memory_.committed(slot);
  for (unsigned side = 0; side < 2; ++side) {
    const RelayDirection& direction = state.directions[side];
    if (direction.has_headers && memory_.headers(slot, side, direction.headers).link >= links_.size())
      return false;
  }
  return true;
}

// --- connections ---

void TcpRelay::segment(TcpArrival arrival, TcpWire& wire) {
  const decode::TcpSegment& segment = arrival.segment;
  arrival.carriage.source_port = segment.source_port;
  arrival.carriage.destination_port = segment.destination_port;
  frame_ = arrival.carriage.frame;
  const TcpPlace at = tcp_place(arrival.carriage);
  Local* known = table_.find(at.key);
  const bool is_syn = (segment.flags & decode::tcp_syn) != 0;
  if (known == nullptr) {
    if ((segment.flags & decode::tcp_rst) != 0 || (!is_syn && segment.payload.empty())) return wire.pass();
    known = &insert(at.key);
  }
  Local& local = *known;
  local.seen_ns = arrival.carriage.time_ns;
  if (local.doubted) doubt(local);
  const Placing placed = placing(local, at.side, arrival);
  constexpr unsigned answer = decode::tcp_syn | decode::tcp_ack;
  const bool is_answer = (segment.flags & answer) == answer;
  if (placed == Placing::wrong || (placed == Placing::doubtful && is_answer)) return misplaced(arrival, wire);
  if (is_syn) return syn(local, at, arrival, wire);
  if (local.ignored != Ignored::no) return unread(local.ignored, arrival, wire);
  if (has_moved_on(local, at, segment)) {
    counters_.add(Count::restarted_tcp_connection);
    erase(local);
    return this->segment(arrival, wire);
  }
  if (!begin_in_middle(local, at, segment.sequence)) {
    erase(local);
    return unread(Ignored::no_room, arrival, wire);
  }

  Work work(local, arrival.carriage.time_ns, arrival.carriage.link);
  work.side = at.side;
  work.options = decode::decode_tcp_options(segment.options);
  start_work(work);
  work.is_misplaced = placed != Placing::good;
  if (work.is_misplaced) counters_.add(Count::misplaced_tcp);
  if (arrival.entrance().known) work.forward().entrance = arrival.entrance();
  if ((work.options.authenticated || arrival.authenticated) && work.state.ignored == Ignored::no)
    return authenticated(work, arrival, wire);
  local.plain |= !work.is_misplaced;
  name_direction(arrival.carriage, work.state.ends, work.state.identities, work.side);
  keep_headers(local.slot, work.side, work.forward(), arrival);
  if (work.state.ignored == Ignored::no) {
    take(work, arrival);
  } else {
    if (!segment.payload.empty()) counters_.add(count_of(work.state.ignored));
    take_unread(work, arrival);
  }
  const Ignored why = work.state.ignored;
  finish_work(work, wire);
  if (why == Ignored::no_room && local.slot == RelayMemory::none) erase(local);  // picked up later
}

/// Where the segments of one direction come in, those of the other do not, or some are forged: each end could
/// speak for the other. `wrong`: this one is. `doubtful`: it may be, as may those of the other direction.
TcpRelay::Placing TcpRelay::placing(const Local& local, unsigned side, const TcpArrival& arrival) const {
  if (local.slot == RelayMemory::none) return Placing::good;
  const Entrance here = arrival.entrance();
  const RelayConnection& state = memory_.committed(local.slot);
  if (!here.is_same(state.directions[1 - side].entrance)) return Placing::good;
  return here.is_opposite(state.directions[side].entrance) ? Placing::wrong : Placing::doubtful;
}

/// It goes to where it came from, and is not looked at.
void TcpRelay::misplaced(const TcpArrival& arrival, TcpWire& wire) {
  counters_.add(Count::misplaced_tcp);
  const Link& link = *arrival.carriage.link;
  if (link.closed && !bypass_) wire.drop();
  else wire.pass();
}

/// Whether both ends now say the same numbers, and these are none that we know.
bool TcpRelay::has_moved_on(const Local& local, const TcpPlace& at, const decode::TcpSegment& segment) const {
  if (local.slot == RelayMemory::none || (segment.flags & decode::tcp_ack) == 0) return false;
  const RelayDirection& other = memory_.committed(local.slot).directions[1 - at.side];
  const auto reaches = [](std::uint32_t from, std::uint32_t to) {
    return distance(from, to) >= 0 && distance(from, to) <= most_distance;
  };
  return other.astray && reaches(other.astray_acknowledgement, segment.sequence) &&
         reaches(other.astray_sequence, segment.acknowledgement);
}

/// A signed segment. Its connection is signed where both directions are, and nothing came that is not. Where
/// something did, the receiver did not agree to that: it may drop the segment, or take its octets; they are
/// not let through. Until that is known, what one segment says, which may be forged, decides nothing.
void TcpRelay::authenticated(Work& work, const TcpArrival& arrival, TcpWire& wire) {
  constexpr unsigned both = 3;
  Local& local = work.local;
  const bool is_plain = local.plain || !work.state.is_blank();
  if (is_plain && !bypass_) {
    counters_.add(Count::dropped_tcp_authenticated);
    return wire.drop();
  }
  memory_.commit(local.slot, work.state);
  if (!work.is_misplaced) local.signed_by = static_cast<std::uint8_t>(local.signed_by | 1U << work.side);
  if (!is_plain && local.signed_by == both) {
    forget(local);
    local.ignored = Ignored::authenticated;
  }
  unread(Ignored::authenticated, arrival, wire);
}

/// What is not read leaves as it came; on a link that is to stop what cannot be read, only without octets.
void TcpRelay::unread(Ignored why, const TcpArrival& arrival, TcpWire& wire) {
  const bool stops = arrival.carriage.link != nullptr && arrival.carriage.link->closed &&
                     !arrival.segment.payload.empty() && !bypass_;
  Count count = count_of(why);
  if (stops && why == Ignored::authenticated) count = Count::stopped_tcp_authenticated;
  if (stops && why == Ignored::no_room) count = Count::stopped_tcp_no_buffer;
  if (!arrival.segment.payload.empty()) counters_.add(count);
  if (count == Count::stopped_tcp_authenticated || count == Count::stopped_tcp_no_buffer) wire.drop();
  else wire.pass();
}

/// Octets with a SYN would go on before they are read: they are cut off, and the sender repeats them.
void TcpRelay::syn(Local& local, const TcpPlace& at, const TcpArrival& arrival, TcpWire& wire) {
  const decode::TcpSegment& segment = arrival.segment;
  const Opening opening{.seen = true,
                        .start = segment.sequence + 1,
                        .window = segment.window,
                        .entrance = arrival.entrance(),
                        .options = decode::decode_tcp_options(segment.options)};
  const bool is_known = local.slot != RelayMemory::none &&
                        memory_.committed(local.slot).directions[at.side].begins_with(opening.start);
  if (is_known) {  // again
  } else if ((segment.flags & decode::tcp_ack) == 0) {
    local.openings[at.side] = opening;
  } else if (opening.entrance.is_same(local.openings[1 - at.side].entrance)) {
    return misplaced(arrival, wire);
  } else if (!begin_answered(local, at, arrival, opening)) {
    erase(local);
    return unread(Ignored::no_room, arrival, wire);
  }
  // The receiver would take the urgent octet out of the stream that follows.
  const bool is_urgent = (segment.flags & decode::tcp_urg) != 0 && local.ignored == Ignored::no;
  if ((segment.payload.empty() && !is_urgent) || bypass_) return wire.pass();
  if (!segment.payload.empty()) counters_.add(Count::cut_tcp_syn);
  if (is_urgent) counters_.add(Count::cleared_tcp_urgent);
  wire.change({.sequence = segment.sequence,
               .flags = static_cast<std::uint8_t>(segment.flags & ~(is_urgent ? decode::tcp_urg : 0))});
}

namespace {

/// What a direction is that begins with `start`. Its receiver's or its sender's SYN is null where it was not
/// seen; what is seen of them is that with the ACK, which shows what both ends have agreed on.
template <class Opening>
RelayDirection begun(std::uint32_t start, const Opening* receiver, const Opening* sender) {
  RelayDirection direction;
  direction.synchronised = direction.reader.from_start = true;
  direction.start = direction.acked = direction.sent = direction.read = direction.window.next = start;
  const auto both = [&](auto&& has) {
    return (receiver == nullptr || has(receiver->options)) && (sender == nullptr || has(sender->options));
  };
  const bool scales =
      both([](const decode::TcpOptions& options) { return options.window_scale.has_value(); });
  direction.timestamps =
      (receiver != nullptr || sender != nullptr) &&
      both([](const decode::TcpOptions& options) { return options.timestamp_value.has_value(); });
  if (sender != nullptr) {
    // A SYN's window is not scaled (RFC 7323 2.2); ours, in its sender's place, are.
    const int scale = scales ? std::min(*sender->options.window_scale, largest_scale) : 0;
    direction.advertised = static_cast<std::uint16_t>(sender->window >> scale);
    if (direction.timestamps)
      direction.timestamp = direction.timestamp_in_order = *sender->options.timestamp_value;
  }
  if (receiver == nullptr) return direction;
  const int size = std::max<int>(receiver->options.maximum_segment_size.value_or(default_segment_size), 64);
  direction.segment_size = static_cast<std::uint16_t>(size - (direction.timestamps ? timestamps_size : 0));
  if (scales) direction.scale = std::min(*receiver->options.window_scale, largest_scale);
  direction.edge_known = true;
  direction.edge = start + receiver->window;
  direction.widest = receiver->window;
  return direction;
}

}  // namespace

/// A SYN-ACK: begins a connection where it answers a SYN that was seen, or where none is known. False where
/// there is no room.
bool TcpRelay::begin_answered(Local& local, const TcpPlace& at, const TcpArrival& arrival,
                              const Opening& answer) {
  const std::uint32_t acknowledged = arrival.segment.acknowledgement;
  Opening& asked = local.openings[1 - at.side];
  const bool answers = asked.seen && asked.start == acknowledged;
  const bool is_new = local.slot == RelayMemory::none && local.ignored == Ignored::no;
  if (!answers && !is_new) return true;
  forget(local);
  local.ignored = Ignored::no;
  if (answer.options.authenticated) {
    local.ignored = Ignored::authenticated;
    return true;
  }
  local.slot = memory_.take_slot();
  if (local.slot == RelayMemory::none) return false;
  RelayConnection state;
  state.ends = at.key;
  state.identities = tcp_identities(at.key, answers ? std::uint64_t{1} << 32U | asked.start : 0);
  state.selective = answers && asked.options.sack_permitted && answer.options.sack_permitted;
  const Opening* const other = answers ? &asked : nullptr;
  state.directions[at.side] = begun(answer.start, other, &answer);
  state.directions[1 - at.side] = begun(acknowledged, &answer, other);
  state.directions[at.side].acknowledgement = acknowledged;
  state.directions[1 - at.side].acknowledgement = answer.start;
  state.directions[at.side].entrance = answer.entrance;
  if (answers) state.directions[1 - at.side].entrance = asked.entrance;
  keep_headers(local.slot, at.side, state.directions[at.side], arrival);
  local.openings = {};
  memory_.commit(local.slot, state);
  return true;
}

/// A connection of which nothing is known begins with what comes now: the first octets, where its SYN was
/// seen. False where there is no room.
bool TcpRelay::begin_in_middle(Local& local, const TcpPlace& at, std::uint32_t sequence) {
  const Opening& opening = local.openings[at.side];
  const bool opens = opening.seen && opening.start == sequence;
  if (local.slot != RelayMemory::none) {
    if (!opens) return true;
    const RelayDirection& known = memory_.committed(local.slot).directions[at.side];
    const bool is_answered = known.receiver_seen || known.edge_known;
    if (known.synchronised && (known.window.next == sequence || is_answered)) return true;
    forget(local);
  }
  local.slot = memory_.take_slot();
  if (local.slot == RelayMemory::none) return false;
  RelayConnection state;
  state.ends = at.key;
  state.identities = tcp_identities(at.key, opens ? std::uint64_t{1} << 32U | sequence : 0);
  if (opens) state.directions[at.side] = begun<Opening>(sequence, nullptr, nullptr);
  local.openings = {};
  memory_.commit(local.slot, state);
  return true;
}

/// Reading begins with `sequence`, not the first octet of its direction. What has left from behind it stays:
/// its receiver may have it.
void TcpRelay::begin_at(Work& work, std::uint32_t sequence) {
  RelayDirection& direction = work.forward();
  if (direction.synchronised)
    direction.window.go_back_to(sequence, direction.acked, direction.sent, memory_.buffers(), work.released);
  else direction.window.restart(sequence, work.released);
  direction.synchronised = true;
  direction.reader = {};
  direction.start = direction.acked = direction.sent = direction.read = sequence;
  direction.position = sequence;
  direction.offered = direction.fin_seen = direction.fin_sent = false;
  direction.has_claimed = direction.timed = false;
  direction.lacking_ns = direction.held_since_ns = 0;
  work.sent_before = work.top_before = sequence;
}

/// Whether octets come that went, for all we know, unread or not at all before the first that were seen:
/// these had overtaken them. A keep-alive has one octet at most.
bool TcpRelay::is_before_start(const RelayDirection& direction, const decode::TcpSegment& segment) {
  const std::int32_t before = distance(segment.sequence, direction.start);
  return !direction.reader.from_start && !direction.reached && segment.payload.size() > 1 && before > 0 &&
         before <= most_distance;
}

// --- steps ---

void TcpRelay::start_work(Work& work) {
  memory_.load(work.local.slot, work.state);
  const RelayDirection& direction = work.forward();
  work.sent_before = direction.sent;
  work.top_before = direction.window.top();
}

/// First the state is committed, then packets leave: whoever takes over knows of every octet that left.
void TcpRelay::finish_work(Work& work, TcpWire& wire) {
  for (RelayDirection& direction : work.state.directions)
    direction.window.release_if_empty(direction.low(), work.released);
  memory_.commit(work.local.slot, work.state);
  send(work, wire);
  for (std::uint32_t i = 0; i < work.released.count; ++i) memory_.buffers().give_back(work.released.all[i]);
  note_buffers(work.local, work.state);
  if (work.state.ignored != Ignored::no && !work.state.holds_custody() && !work.state.owes_judged()) {
    forget(work.local);
    work.local.ignored = work.state.ignored;
  } else {
    watch(work);
  }
}

/// Keeps what stands before the TCP header of a direction. The copy that is committed is not touched.
void TcpRelay::keep_headers(std::uint32_t slot, unsigned side, RelayDirection& direction,
                            const TcpArrival& arrival) {
  const RelayHeaders& known = memory_.headers(slot, side, direction.headers);
  const std::size_t size = arrival.headers.size();
  if (size == 0 || size > known.octets.size()) return;
  if (direction.has_headers && known.size == size && known.ip_at == arrival.ip_at &&
      known.side == arrival.side && known.link == arrival.link &&
      std::memcmp(known.octets.data(), arrival.headers.data(), arrival.ip_at) == 0)
    return;
  direction.headers ^= 1U;
  direction.has_headers = true;
  RelayHeaders& fresh = memory_.headers(slot, side, direction.headers);
  std::memcpy(fresh.octets.data(), arrival.headers.data(), size);
  fresh.size = static_cast<std::uint8_t>(size);
  fresh.ip_at = static_cast<std::uint8_t>(arrival.ip_at);
  fresh.link_type = arrival.link_type;
  fresh.side = arrival.side;
  fresh.link = arrival.link;
}

}  // namespace tollgate::flow
