#include <algorithm>
#include <limits>
#include <utility>

#include "flow/elapsed.hpp"
#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

}  // namespace

/// Keeps in mind when time alone will do something to a connection.
void TcpRelay::watch(const Work& work) {
  const RelayConnection& state = work.state;
  const auto& [a, b] = state.directions;
  const bool is_reset = state.reset_ns != 0 && !work.local.doubted;
  if (!is_reset && !a.holds() && !b.holds() && !state.holds_custody()) return;
  std::uint64_t due = is_reset ? state.reset_ns + reset_lifetime_ns : never;
  for (unsigned side = 0; side < 2; ++side) due = std::min(due, due_ns(state, side, work.time_ns));
  if (work.is_poll && due <= work.time_ns) due = work.time_ns + again_ns;
  due_.put(work.local, work.time_ns, due);
}

/// When poll_direction will have something to do.
std::uint64_t TcpRelay::due_ns(const RelayConnection& state, unsigned side, std::uint64_t time_ns) const {
  const RelayDirection& direction = state.directions[side];
  if (!direction.synchronised) return never;
  const Custody& custody = direction.custody;
  std::uint64_t due = never;
  if (custody.waits(direction.acked, direction.sent))
    due = std::min(custody.timer_ns + custody.timeout_ns, custody.progress_ns + Custody::lifetime_ns);
  if (!direction.holds()) return due;
  const std::uint64_t since = direction.held_since_ns;
  if (since == 0) return time_ns;
  if (direction.window.holds_ranges()) due = std::min(due, since + gap_lifetime_ns);
  if (direction.sent == direction.window.next) return due;
  if (bypass_) return time_ns;
  due = std::min(due, since + held_lifetime_ns(direction));
  if (may_take_custody(state, side)) due = std::min(due, since + custody_ns);
  if (!waits_for_room(direction)) return due;
  due = std::min(due, direction.probed_ns + probe_ns);
  if (direction.edge == direction.window.next)
    due = std::min(due, std::max(since, direction.edge_ns) + stuck_lifetime_ns);
  return due;
}

void TcpRelay::tick(std::uint64_t time_ns, TcpWire& wire) {
  if (std::exchange(hurries_, false)) due_.hurry();
  while (Local* const local = due_.take_due(time_ns)) poll(*local, time_ns, wire);
}

/// Looks after a connection that holds octets, has some in custody or was reset.
void TcpRelay::poll(Local& local, std::uint64_t time_ns, TcpWire& wire) {
  const RelayConnection& committed = memory_.committed(local.slot);
  // Where the RST never came to its receiver, both ends may still go on.
  if (committed.reset_ns != 0 && !local.doubted && elapsed(committed.reset_ns, time_ns) >= reset_lifetime_ns)
    doubt(local);
  if (local.seen_ns == 0) local.seen_ns = time_ns;
  Work work(local, time_ns, nullptr);
  work.is_poll = true;
  start_work(work);
  for (unsigned side = 0; side < 2; ++side) poll_direction(work, side);
  finish_work(work, wire);
}

Carriage TcpRelay::carriage_of(const Work& work, unsigned side) {
  Carriage carriage;
  carriage.time_ns = work.time_ns;
  carriage.frame = frame_;
  carriage.link = work.link;
  name_direction(carriage, work.state.ends, work.state.identities, side);
  return carriage;
}

void TcpRelay::poll_direction(Work& work, unsigned side) {
  work.side = side;
  RelayDirection& direction = work.forward();
  if (!direction.synchronised) return;
  if (direction.has_headers) {
    const std::uint16_t link = memory_.headers(work.local.slot, side, direction.headers).link;
    if (link < links_.size()) work.link = &links_[link];
  }
  work.sent_before = direction.sent;
  work.top_before = direction.window.top();
  work.has_gone = false;
  if (direction.holds()) poll_held(work, side);
  Span& more = work.plan.more[side];
  switch (direction.custody.due(direction.acked, work.sent_before, work.time_ns)) {
    case Custody::Due::nothing: break;
    case Custody::Due::repeat:
      if (more.begin == more.end) more = {direction.acked, direction.repeat_end()};
      break;
    case Custody::Due::given_up: counters_.add(Count::lost_tcp_custody); break;
  }
}

/// Whether the rest of what is held may have no room in the receiver's window: then only the receiver, or
/// what is held, can make some.
bool TcpRelay::waits_for_room(const RelayDirection& direction) {
  return direction.edge_known && direction.acked == direction.sent &&
         direction.edge - direction.window.next < 2U * direction.segment_size;
}

/// How long octets are held.
std::uint64_t TcpRelay::held_lifetime_ns(const RelayDirection& direction) const {
  const bool is_start = direction.reader.from_start && direction.read == direction.start &&
                        direction.window.next - direction.read < start_size;
  std::uint64_t lifetime = hold_lifetime_ns_;
  // Without custody the sender may wait for an acknowledgement before it sends the rest.
  if (!direction.edge_known) lifetime = std::min(lifetime, stuck_lifetime_ns);
  if (is_start) lifetime = std::min(lifetime, start_lifetime_ns);
  return lifetime;
}

void TcpRelay::poll_held(Work& work, unsigned side) {
  RelayDirection& direction = work.state.directions[side];
  RelayWindow& window = direction.window;
  if (direction.held_since_ns == 0) direction.held_since_ns = work.time_ns;
  const std::uint64_t held_ns = elapsed(direction.held_since_ns, work.time_ns);
  if (direction.sent != window.next) {
    const bool waits = waits_for_room(direction);
    if (waits && elapsed(direction.probed_ns, work.time_ns) >= probe_ns) {
      direction.probed_ns = work.time_ns;
      work.plan.probe[side] = true;
    }
    const std::uint64_t stuck_ns = std::min(held_ns, elapsed(direction.edge_ns, work.time_ns));
    const bool is_stuck = waits && direction.edge == window.next && stuck_ns >= stuck_lifetime_ns;
    if (bypass_ || is_stuck || held_ns >= held_lifetime_ns(direction)) let_go(work, side);
    else if (held_ns >= custody_ns) (void)take_custody(work, side);
  }
  if (window.holds_ranges() && held_ns >= gap_lifetime_ns) {
    // The receiver does not have them either: they have to come again.
    counters_.add(Count::dropped_tcp_gap);
    window.range_count = 0;
  }
  if (!direction.holds()) direction.held_since_ns = 0;
}

/// What is held goes on, though its reader wants more of it.
void TcpRelay::let_go(Work& work, unsigned side) {
  RelayDirection& direction = work.state.directions[side];
  RelayWindow& window = direction.window;
  const std::uint32_t from = direction.sent;
  if (from == window.next) return;
  const bool is_closed = work.link != nullptr && work.link->closed && !bypass_;
  if (is_closed && from == direction.read && work.state.ignored == Ignored::no) {
    if (!window.clone(direction.low(), memory_.buffers(), work.released)) return;
    const std::span<std::byte> rest{window.at(from, memory_.buffers()), window.next - from};
    if (!reader_.spoil(rest)) return;
    counters_.add(Count::stopped_tcp_held);
  } else {
    if (work.link != nullptr) counters_.be_on(static_cast<std::size_t>(work.link - links_.data()));
    counters_.add(Count::unread_tcp_held);
  }
  direction.sent = window.next;
  if (!direction.custody.waits(direction.acked, from)) direction.custody.start_timer(work.time_ns);
  work.plan.more[side] = {from, direction.sent};
}

// --- the end ---

TcpRelay::InCustody TcpRelay::in_custody() const {
  InCustody all;
  due_.for_each([&](const Local& local) {
    std::uint64_t octets = 0;
    for (const RelayDirection& direction : memory_.committed(local.slot).directions) {
      if (direction.custody.holds(direction.acked)) octets += direction.custody.end - direction.acked;
    }
    all.octets += octets;
    all.connections += octets != 0 ? 1 : 0;
  });
  return all;
}

void TcpRelay::release_custody(std::uint64_t time_ns, TcpWire& wire) {
  due_.for_each([&](Local& local) { flush(local, time_ns, false, wire); });
}

void TcpRelay::finish(std::uint64_t time_ns, TcpWire& wire) {
  due_.for_each([&](Local& local) { flush(local, time_ns, true, wire); });
  table_.for_each([this](const TcpEnds&, const Local& local) {
    if (local.slot == RelayMemory::none) return;
    const RelayConnection& state = memory_.committed(local.slot);
    if (state.is_unrecognised()) return counters_.add(Count::unread_unrecognised_tcp);
    for (const RelayDirection& direction : state.directions) {
      if (direction.read != direction.window.next && !direction.reader.finished)
        counters_.add(Count::unfinished_tcp_stream);
    }
  });
}

/// Lets go what is held in custody. At the end of the input all that is held: nothing fills gaps any more,
/// and reading goes on behind them.
void TcpRelay::flush(Local& local, std::uint64_t time_ns, bool at_end, TcpWire& wire) {
  bool again = true;
  while (again && local.slot != RelayMemory::none) {
    again = false;
    Work work(local, time_ns, nullptr);
    start_work(work);
    for (unsigned side = 0; side < 2; ++side) {
      RelayDirection& direction = work.state.directions[side];
      if (!direction.synchronised || (!at_end && !direction.custody.holds(direction.acked))) continue;
      work.side = side;
      if (direction.has_headers) {
        const std::uint16_t link = memory_.headers(local.slot, side, direction.headers).link;
        if (link < links_.size()) work.link = &links_[link];
      }
      let_go(work, side);
      if (!at_end || !direction.window.holds_ranges() ||
          work.plan.more[side].begin != work.plan.more[side].end) {
        again |= at_end && direction.window.holds_ranges();
        continue;
      }
      work.top_before = direction.window.top();
      const std::uint32_t first = direction.window.ranges[0].begin;
      go_on_at(work, direction, first);
      offer(work, side, carriage_of(work, side));
      direction.sent = direction.window.next;
      work.plan.more[side] = {first, direction.sent};
      again |= direction.window.holds_ranges();
    }
    finish_work(work, wire);
  }
}

}  // namespace tollgate::flow
