#include <algorithm>

#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {
namespace {

void set_timestamps(TcpMade& made, const RelayDirection& sender, std::uint32_t echo) {
  made.timestamps = true;
  made.timestamp = sender.timestamp;
  made.timestamp_echo = echo;
}

/// The ranges that came last stand first (RFC 2018 4).
void set_blocks(TcpMade& made, const RelayWindow& window) {
  const std::uint32_t most = made.timestamps ? 3 : 4;
  std::uint32_t below = 0xffff'ffff;
  while (made.block_count < most) {
    const RelayWindow::Range* newest = nullptr;
    for (std::uint32_t i = 0; i < window.range_count; ++i) {
      const RelayWindow::Range& range = window.ranges[i];
      if (range.stamp < below && (newest == nullptr || range.stamp > newest->stamp)) newest = &range;
    }
    if (newest == nullptr) return;
    below = newest->stamp;
    made.blocks[made.block_count++] = {newest->begin, newest->end};
  }
}

}  // namespace

/// The state is committed: what was decided leaves.
void TcpRelay::send(Work& work, TcpWire& wire) {
  Plan& plan = work.plan;
  const unsigned side = work.side;
  if (plan.packet != Plan::Packet::none) {
    const RelayWindow& window = work.forward().window;
    send_span(work, side, plan.before, false, wire);
    switch (plan.packet) {
      case Plan::Packet::none: break;
      case Plan::Packet::pass: wire.pass(); break;
      case Plan::Packet::drop: wire.drop(); break;
      case Plan::Packet::change:
        if (plan.change_from != plan.change_end)
          plan.change.payload = {window.at(plan.change_from, memory_.buffers()),
                                 plan.change_end - plan.change_from};
        wire.change(plan.change);
        break;
    }
    send_span(work, side, plan.behind, plan.fin_behind, wire);
  }
  for (unsigned i = 0; i < 2; ++i) {
    send_span(work, i, plan.more[i], plan.fin[i], wire);
    if (plan.ranges[i]) {
      const RelayWindow& window = work.state.directions[i].window;
      for (std::uint32_t r = 0; r < window.range_count; ++r)
        send_span(work, i, {window.ranges[r].begin, window.ranges[r].end}, false, wire);
    }
    if (plan.probe[i]) send_probe(work, i, wire);
    if (plan.acknowledge[i]) send_acknowledgement(work, i, wire);
  }
}

/// A segment that goes on in a direction, but for its place and payload.
TcpMade TcpRelay::forward_segment(const Work& work, unsigned side) {
  const RelayDirection& direction = work.state.directions[side];
  TcpMade made;
  made.source_port = work.state.ends.ends[side].port;
  made.destination_port = work.state.ends.ends[1 - side].port;
  made.acknowledgement = direction.acknowledgement;
  made.window = direction.advertised;
  made.flags = decode::tcp_ack;
  if (direction.timestamps) set_timestamps(made, direction, direction.timestamp_echo);
  return made;
}

void TcpRelay::send_span(Work& work, unsigned side, Span span, bool fin, TcpWire& wire) {
  if (distance(span.begin, span.end) <= 0 && !fin) return;
  const RelayDirection& direction = work.state.directions[side];
  if (!direction.has_headers) return;
  const RelayHeaders& model = memory_.headers(work.local.slot, side, direction.headers);
  TcpMade made = forward_segment(work, side);
  std::uint32_t at = fin && distance(span.begin, span.end) <= 0 ? direction.fin : span.begin;
  const std::uint32_t end = fin ? direction.fin : span.end;
  do {
    const std::uint32_t size = std::min(direction.made_size(), end - at);
    const bool is_last = at + size == end;
    made.sequence = at;
    if (is_last) made.flags |= decode::tcp_psh;
    if (is_last && fin) made.flags |= decode::tcp_fin;
    made.payload = size == 0 ? Octets{} : Octets{direction.window.at(at, memory_.buffers()), size};
    wire.make(model, made);
    at += size;
  } while (at != end);
}

/// Every receiver answers what it has already.
void TcpRelay::send_probe(Work& work, unsigned side, TcpWire& wire) {
  const RelayDirection& direction = work.state.directions[side];
  if (!direction.has_headers) return;
  TcpMade made = forward_segment(work, side);
  made.sequence = direction.acked - 1;
  wire.make(memory_.headers(work.local.slot, side, direction.headers), made);
}

/// To the sender of a direction, in the receiver's place.
void TcpRelay::send_acknowledgement(Work& work, unsigned side, TcpWire& wire) {
  const RelayDirection& direction = work.state.directions[side];
  const RelayDirection& back = work.state.directions[1 - side];
  if (!back.has_headers) return;
  const RelayHeaders& model = memory_.headers(work.local.slot, 1 - side, back.headers);
  TcpMade made;
  made.source_port = work.state.ends.ends[1 - side].port;
  made.destination_port = work.state.ends.ends[side].port;
  made.sequence = direction.acknowledgement;
  if (back.synchronised) made.sequence = later(made.sequence, back.fin_sent ? back.sent + 1 : back.sent);
  const bool in_custody = direction.custody.holds(direction.acked);
  made.acknowledgement = in_custody ? direction.custody.end : direction.acked;
  made.window = back.advertised;
  if (direction.edge_known) {
    // The receiver's window ends where it ended.
    const std::uint32_t room = distance(made.acknowledgement, direction.edge) > 0
                                   ? (direction.edge - made.acknowledgement) >> direction.scale
                                   : 0;
    made.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(room, 0xffff));
  }
  made.flags = decode::tcp_ack;
  if (back.timestamps) set_timestamps(made, back, direction.timestamp_in_order);
  if (work.state.selective) set_blocks(made, direction.window);
  wire.make(model, made);
}

}  // namespace tollgate::flow
