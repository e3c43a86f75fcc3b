#include <algorithm>
#include <cstring>

#include "flow/tcp_relay_work.hpp"
#include "flow/tls_record.hpp"

namespace tollgate::flow {

/// Offers the reader what is in order and not read; what it does not want again may go.
void TcpRelay::offer(Work& work, unsigned side, const Carriage& carriage) {
  RelayDirection& direction = work.state.directions[side];
  RelayWindow& window = direction.window;
  StreamState& state = direction.reader;
  if (work.has_gone && side == work.side && !passes_all(work, direction)) {
    // What is whole before the octets that have left is still to be had.
    if (!offer_until(work, side, carriage, work.gone_begin, direction.sent)) return;
  }
  state.finished = direction.fin_seen && window.next == direction.fin;
  if (work.state.ignored != Ignored::no) {
    direction.position += window.next - direction.read;
    direction.read = direction.sent = window.next;
    return;
  }
  std::uint32_t left_end = direction.sent;
  if (work.has_gone && side == work.side) left_end = later(left_end, work.gone_end);
  if (bypass_) left_end = window.next;
  if (!offer_until(work, side, carriage, window.next, left_end)) return;
  if (window.next - direction.read > most_unread) {
    counters_.add(Count::unread_tcp_too_long);
    direction.position += window.next - direction.read;
    direction.read = direction.sent = window.next;
    state.lost = true;
  }
  if (passes_all(work, direction) || state.finished) direction.sent = window.next;
}

/// Offers the reader what is before `end`; what is before `left_end` has left, or does whatever it says.
/// False where the connection is not read any more.
bool TcpRelay::offer_until(Work& work, unsigned side, Carriage carriage, std::uint32_t end,
                           std::uint32_t left_end) {
  RelayDirection& direction = work.state.directions[side];
  StreamState& state = direction.reader;
  if (distance(direction.read, end) <= 0) return true;
  const std::uint32_t size = end - direction.read;
  const Octets offered{direction.window.at(direction.read, memory_.buffers()), size};
  if (!direction.offered && is_tls_record(offered)) {
    stop_reading(work, Ignored::encrypted);
    return false;
  }
  direction.offered = true;
  state.left = std::min(size, left_end - earlier(direction.read, left_end));
  carriage.position = direction.position;
  edits_.begin(offered);
  const std::size_t consumed = reader_.read(carriage, state, offered, edits_);
  state.lost = false;
  if (state.not_mine) {
    stop_reading(work, Ignored::not_mine);
    return false;
  }
  apply_edits(work, direction);
  const auto done = static_cast<std::uint32_t>(std::min<std::size_t>(consumed, size));
  direction.read += done;
  direction.position += done;
  direction.sent = later(later(direction.sent, direction.read), left_end);
  return true;
}

/// Where octets are changed that the committed state has, they get a new place: whoever takes over must not
/// find them half changed.
void TcpRelay::apply_edits(Work& work, RelayDirection& direction) {
  if (edits_.empty()) return;
  RelayWindow& window = direction.window;
  const std::uint32_t offered_at = direction.read;
  if (&direction != &work.forward() || distance(offered_at, work.top_before) > 0) {
    // Else changed in place: only a process that ends at this very instant could tell.
    (void)window.clone(direction.low(), memory_.buffers(), work.released);
  }
  const std::uint32_t from = offered_at + direction.reader.left;
  for (const Edit& edit : edits_.all()) {
    const std::uint32_t at = offered_at + edit.offset;
    if (distance(from, at) < 0) continue;
    std::memcpy(window.at(at, memory_.buffers()), edit.octets.data(), edit.octets.size());
    work.is_edited = true;
  }
}

/// What stands before `sequence` will not come.
void TcpRelay::go_on_at(Work& work, RelayDirection& direction, std::uint32_t sequence) {
  counters_.add(Count::skipped_tcp_gap);
  if (direction.custody.holds(direction.acked)) counters_.add(Count::lost_tcp_custody);
  direction.position += sequence - direction.read;
  direction.acked = direction.sent = direction.read = sequence;
  direction.custody.taken = false;
  direction.reader.lost = true;
  direction.window.skip_to(sequence);
  if (&direction == &work.forward()) work.sent_before = sequence;
}

}  // namespace tollgate::flow
