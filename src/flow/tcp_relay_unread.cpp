#include <cstring>

#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {

/// The connection is not the reader's. What is held goes on, and no more is. What was judged stays until its
/// receiver has it.
void TcpRelay::stop_reading(Work& work, Ignored why) {
  work.state.ignored = why;
  if (why == Ignored::not_mine) counters_.add(Count::unread_other_tcp);
  if (why == Ignored::encrypted) counters_.add(Count::unread_encrypted);
  for (unsigned side = 0; side < 2; ++side) {
    RelayDirection& direction = work.state.directions[side];
    if (!direction.synchronised) continue;
    RelayWindow& window = direction.window;
    work.plan.ranges[side] = window.holds_ranges();
    for (std::uint32_t i = 0; i < window.range_count; ++i) window.ranges[i].gone = true;
    if (side != work.side && direction.sent != window.next) {
      work.plan.more[side] = {direction.sent, window.next};
      work.plan.fin[side] = direction.fin_seen && direction.fin == window.next && !direction.fin_sent;
      direction.fin_sent |= work.plan.fin[side];
    }
    direction.position += window.next - direction.read;
    direction.read = direction.sent = window.next;
  }
}

/// A segment of a connection that is not read any more, but whose receiver lacks something of what was
/// judged, or is in custody. It may never have taken the octets that were judged (a wrong acknowledgement, a
/// short way to live): others that come in their place are overwritten with them.
void TcpRelay::take_unread(Work& work, const TcpArrival& arrival) {
  const decode::TcpSegment& segment = arrival.segment;
  for (RelayDirection& direction : work.state.directions) direction.window.range_count = 0;  // they have left
  if (has(segment, decode::tcp_rst)) return reset(work, arrival);
  RelayDirection& forward = work.forward();
  Plan& plan = work.plan;
  work.state.reset_ns = 0;
  work.is_acceptable = has(segment, decode::tcp_ack) && is_in_window(work, segment);
  if (work.is_acceptable) acknowledgement(work, arrival);
  learn(work, arrival);
  plan.packet = Plan::Packet::pass;
  if (!forward.synchronised) return;
  const std::uint32_t begin = segment.sequence;
  const std::uint32_t end = end_of(segment);
  if (forward.custody.holds(forward.acked) && distance(begin, forward.custody.end) > 0)
    plan.acknowledge[work.side] = true;
  // Where the receiver is never seen, its sender alone shows that it goes on.
  const std::uint32_t judged = forward.window.next;
  if (!forward.receiver_seen && distance(judged, end) > static_cast<std::int32_t>(capacity))
    forward.acked = judged;

  const std::uint32_t from = later(begin, forward.acked);
  const std::uint32_t to = earlier(end, judged);
  if (distance(from, to) <= 0) return;
  std::uint8_t flags = segment.flags;
  if (is_urgent(work, segment)) {
    flags = static_cast<std::uint8_t>(flags & ~decode::tcp_urg);
    counters_.add(Count::cleared_tcp_urgent);
  }
  const std::byte* const kept = forward.window.at(from, memory_.buffers());
  if (flags == segment.flags && std::memcmp(kept, segment.payload.data() + (from - begin), to - from) == 0)
    return;
  plan.packet = Plan::Packet::change;
  const auto size = static_cast<std::uint32_t>(segment.payload.size());
  plan.change = {.sequence = begin, .size = size, .flags = flags, .offset = from - begin};
  plan.change_from = from;
  plan.change_end = to;
}

}  // namespace tollgate::flow
