#include "flow/relay_soundness.hpp"

#include "flow/plain_bool.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint8_t largest_scale = 14;  // RFC 7323 2.3

template <class... Bools>
bool are_bools(const Bools&... places) {
  return (is_bool(places) && ...);
}

bool is_sound(const Entrance& entrance) { return is_bool(entrance.known) && entrance.side <= Side::inside; }

/// All that is kept stands in the buffer, in the order of its sequence numbers.
bool has_sound_window(const RelayDirection& direction, const RelayBuffers& buffers) {
  const RelayWindow& window = direction.window;
  if (window.range_count > RelayWindow::most_ranges) return false;
  if (distance(direction.read, window.next) < 0 || distance(direction.sent, window.next) < 0) return false;
  const std::uint32_t acknowledged_fin = direction.fin_sent ? 1 : 0;
  if (distance(direction.acked, direction.sent + acknowledged_fin) < 0) return false;
  if (window.buffer == RelayWindow::none) {
    const bool has_octets = window.range_count != 0 || direction.sent != window.next ||
                            (direction.synchronised && direction.low() != window.next);
    return !has_octets;
  }
  if (window.buffer >= buffers.count()) return false;
  const std::size_t room = buffers.size(window.buffer);
  const auto is_outside = [&](std::uint32_t sequence) { return sequence - window.origin > room; };
  if (is_outside(window.next) || is_outside(direction.low()) || is_outside(direction.sent)) return false;
  std::uint32_t from = window.next;
  for (std::uint32_t i = 0; i < window.range_count; ++i) {
    const auto& [begin, end, stamp, gone] = window.ranges[i];
    if (!is_bool(gone) || distance(from, begin) < 0 || distance(begin, end) <= 0) return false;
    if (is_outside(begin) || is_outside(end)) return false;
    from = end;
  }
  return true;
}

bool is_sound(const RelayDirection& direction, const RelayBuffers& buffers) {
  const StreamState& reader = direction.reader;
  if (!are_bools(reader.from_start, reader.lost, reader.finished, reader.not_mine, reader.unrecognised,
                 direction.synchronised, direction.edge_known, direction.receiver_seen, direction.reached,
                 direction.lost, direction.timestamps, direction.offered, direction.fin_seen,
                 direction.fin_sent, direction.has_claimed, direction.astray, direction.timed,
                 direction.has_headers, direction.custody.taken, direction.custody.recovering))
    return false;
  if (direction.headers > 1 || direction.scale > largest_scale || !is_sound(direction.entrance)) return false;
  if (direction.fin_sent && !direction.fin_seen) return false;
  return has_sound_window(direction, buffers);
}

}  // namespace

bool is_sound(const RelayConnection& state, const RelayBuffers& buffers) {
  const auto& [a, b] = state.directions;
  return is_bool(state.selective) && state.ignored <= Ignored::no_room && is_sound(a, buffers) &&
         is_sound(b, buffers);
}

/// An IP header (RFC 791 3.1, RFC 8200 3) stands whole before the TCP header.
bool is_sound(const RelayHeaders& headers) {
  constexpr std::size_t least_ipv4 = 20;
  constexpr std::size_t ipv6 = 40;
  if (headers.size > headers.octets.size() || headers.ip_at >= headers.size) return false;
  if (headers.side > Side::inside || headers.link_type > decode::LinkType::unknown) return false;
  const auto first = std::to_integer<unsigned>(headers.octets[headers.ip_at]);
  const std::size_t size = headers.size - std::size_t{headers.ip_at};
  if (first >> 4U == 4)
    return std::size_t{4} * (first & 0xfU) >= least_ipv4 && std::size_t{4} * (first & 0xfU) <= size;
  return size >= ipv6;
}

}  // namespace tollgate::flow
