#include "flow/relay_window.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "flow/relay_memory.hpp"

namespace tollgate::flow {
namespace {

void release(std::uint32_t buffer, ReleasedBuffers& released) {
  assert(released.count < released.all.size());
  released.all[released.count++] = buffer;
}

}  // namespace

std::byte* RelayWindow::at(std::uint32_t sequence, RelayBuffers& buffers) const {
  return buffers.at(buffer) + (sequence - origin);
}

bool RelayWindow::make_room(std::uint32_t low, std::uint32_t end, RelayBuffers& buffers,
                            ReleasedBuffers& released) {
  assert(distance(low, end) >= 0);
  const std::size_t needed = later(end, top()) - low;
  if (buffer != none) {
    const bool empty = distance(low, top()) <= 0;
    if (empty && needed <= buffers.size(buffer)) {
      origin = low;
      return true;
    }
    if (distance(origin, low) >= 0 && end - origin <= buffers.size(buffer)) return true;
  }
  // A buffer that is nearly full of what is kept would have to be copied again soon.
  const bool crowded = needed > RelayBuffers::small_size / 2 && buffer != none;
  std::uint32_t fresh = buffers.take(crowded ? RelayBuffers::large_size : needed);
  if (fresh == none && crowded) fresh = buffers.take(needed);
  if (fresh == none) return false;
  move_to(fresh, low, buffers, released);
  return true;
}

bool RelayWindow::clone(std::uint32_t low, RelayBuffers& buffers, ReleasedBuffers& released) {
  const std::uint32_t fresh = buffers.take(buffers.size(buffer));
  if (fresh == none) return false;
  move_to(fresh, low, buffers, released);
  return true;
}

void RelayWindow::move_to(std::uint32_t fresh, std::uint32_t low, RelayBuffers& buffers,
                          ReleasedBuffers& released) {
  if (buffer != none) {
    const std::uint32_t from = later(low, origin);
    if (distance(from, top()) > 0)
      std::memcpy(buffers.at(fresh) + (from - low), at(from, buffers), top() - from);
    release(buffer, released);
  }
  buffer = fresh;
  origin = low;
}

void RelayWindow::release_if_empty(std::uint32_t low, ReleasedBuffers& released) {
  if (buffer == none || distance(low, top()) > 0) return;
  release(std::exchange(buffer, none), released);
}

void RelayWindow::restart(std::uint32_t sequence, ReleasedBuffers& released) {
  if (buffer != none) release(std::exchange(buffer, none), released);
  next = sequence;
  range_count = 0;
}

void RelayWindow::go_back_to(std::uint32_t sequence, std::uint32_t low, std::uint32_t sent,
                             RelayBuffers& buffers, ReleasedBuffers& released) {
  const std::uint32_t limit = sequence + static_cast<std::uint32_t>(RelayBuffers::large_size);
  const auto behind = ranges;
  const std::uint32_t behind_count = range_count;
  range_count = 0;
  const auto keep = [&](Range range) {
    range.end = earlier(range.end, limit);
    if (range_count != most_ranges && distance(range.begin, range.end) > 0) ranges[range_count++] = range;
  };
  if (buffer != none) {
    keep({low, sent, ++stamps, true});
    keep({sent, next, ++stamps, false});
    for (std::uint32_t i = 0; i < behind_count; ++i) keep(behind[i]);
  }
  next = sequence;
  if (range_count == 0 || !make_room(sequence, top(), buffers, released)) restart(sequence, released);
}

void RelayWindow::skip_to(std::uint32_t sequence) {
  std::uint32_t before = 0;
  while (before < range_count && distance(ranges[before].end, sequence) >= 0) ++before;
  std::copy(ranges.data() + before, ranges.data() + range_count, ranges.data());
  range_count -= before;
  if (range_count != 0) ranges[0].begin = later(ranges[0].begin, sequence);
  next = sequence;
  Placed ignored;
  absorb(ignored);
}

RelayWindow::Placed RelayWindow::place(std::uint32_t sequence, Octets octets, bool gone,
                                       RelayBuffers& buffers) {
  Placed placed;
  const std::uint32_t end = sequence + static_cast<std::uint32_t>(octets.size());
  std::uint32_t from = sequence;
  while (distance(from, end) > 0) {
    if (distance(from, next) > 0) {
      placed.fresh = false;
      from = earlier(next, end);
      continue;
    }
    std::uint32_t to = end;
    bool known = false;
    for (std::uint32_t i = 0; i < range_count; ++i) {
      const Range& range = ranges[i];
      if (distance(from, range.end) <= 0) continue;
      known = distance(range.begin, from) >= 0;
      to = earlier(end, known ? range.end : range.begin);
      break;
    }
    if (known) {
      placed.fresh = false;
    } else {
      std::memcpy(at(from, buffers), octets.data() + (from - sequence), to - from);
      if (from == next) next = to;
      else if (!add_range(from, to, gone)) placed.all = false;
      absorb(placed);
    }
    from = to;
  }
  return placed;
}

bool RelayWindow::add_range(std::uint32_t begin, std::uint32_t end, bool gone) {
  Range* const first = ranges.data();
  Range* const last = first + range_count;
  Range* at = first;
  while (at != last && distance(at->begin, begin) > 0) ++at;
  ++stamps;
  Range* const before = at != first && at[-1].end == begin && at[-1].gone == gone ? at - 1 : nullptr;
  Range* const after = at != last && at->begin == end && at->gone == gone ? at : nullptr;
  if (before != nullptr) {
    before->end = after != nullptr ? after->end : end;
    before->stamp = stamps;
    if (after == nullptr) return true;
    std::copy(after + 1, last, after);
    --range_count;
    return true;
  }
  if (after != nullptr) {
    after->begin = begin;
    after->stamp = stamps;
    return true;
  }
  if (range_count == most_ranges) return false;
  std::copy_backward(at, last, last + 1);
  *at = {begin, end, stamps, gone};
  ++range_count;
  return true;
}

/// Ranges that `next` has reached are in order.
void RelayWindow::absorb(Placed& placed) {
  std::uint32_t reached = 0;
  while (reached < range_count && ranges[reached].begin == next) {
    next = ranges[reached].end;
    if (ranges[reached].gone) {
      if (!placed.any_gone) placed.gone_begin = ranges[reached].begin;
      placed.any_gone = true;
      placed.gone_end = next;
    }
    ++reached;
  }
  if (reached == 0) return;
  std::copy(ranges.data() + reached, ranges.data() + range_count, ranges.data());
  range_count -= reached;
}

}  // namespace tollgate::flow
