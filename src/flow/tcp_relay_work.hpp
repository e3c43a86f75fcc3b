#pragma once

#include "flow/tcp_relay.hpp"

namespace tollgate::flow {

constexpr std::uint32_t capacity = RelayBuffers::large_size;

inline bool has(const decode::TcpSegment& segment, std::uint8_t flag) { return (segment.flags & flag) != 0; }

inline std::uint32_t end_of(const decode::TcpSegment& segment) {
  return segment.sequence + static_cast<std::uint32_t>(segment.payload.size());
}

/// One step of a connection: a copy of its state, which is committed when the step is done, and what leaves
/// then. For tcp_relay*.cpp alone.
struct TcpRelay::Work {
  Work(Local& of, std::uint64_t now_ns, const Link* over) : local(of), time_ns(now_ns), link(over) {}

  Local& local;
  const std::uint64_t time_ns;
  const Link* link;
  RelayConnection state;
  ReleasedBuffers released;
  Plan plan;
  bool is_poll = false;  ///< what is due is done, or cannot be

  // Of the segment in hand:
  unsigned side = 0;  ///< who sent it
  decode::TcpOptions options;
  bool is_misplaced = false;  ///< it may be forged: what it says of the other end is not believed
  bool has_news = false;      ///< its header tells the receiver something
  bool is_acceptable = true;  ///< the receiver would take its octets
  bool is_astray = false;     ///< its numbers fit nothing that was seen
  bool is_fresh = false;      ///< all its octets came for the first time, and in order
  bool is_edited = false;
  bool has_gone = false;  ///< octets from gone_begin to gone_end have left already
  std::uint32_t gone_begin = 0;
  std::uint32_t gone_end = 0;
  std::uint32_t sent_before = 0;
  std::uint32_t top_before = 0;  ///< the committed state has no octets from here on

  RelayDirection& forward() { return state.directions[side]; }
  RelayDirection& backward() { return state.directions[1 - side]; }
  bool is_closed_link() const { return link != nullptr && link->closed; }
};

}  // namespace tollgate::flow
