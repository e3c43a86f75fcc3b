#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/link_type.hpp"
#include "decode/octets.hpp"
#include "decode/tcp.hpp"
#include "flow/carriage.hpp"
#include "flow/relay_state.hpp"
#include "message/edits.hpp"

namespace tollgate::flow {

/// A segment as it came in, its checksum being right.
struct TcpArrival {
  Carriage carriage;
  const decode::TcpSegment& segment;
  Octets headers;              ///< from the link header up to the TCP header; empty: this packet is no model
  std::size_t ip_at = 0;       ///< where in them the IP header begins
  bool authenticated = false;  ///< by a layer below: the segment cannot be changed
  bool in_fragments = false;   ///< of IP: how much goes into a packet is not known by it
  decode::LinkType link_type = decode::LinkType::ethernet;
  Side side = Side::outside;
  std::uint16_t link = 0;

  Entrance entrance() const {
    return {.known = carriage.link != nullptr && carriage.link->two_sided, .side = side, .link = link};
  }
};

/// What becomes of the segment in hand.
struct TcpChange {
  std::uint32_t sequence = 0;
  std::uint32_t size = 0;    ///< octets of its payload that stay, counted from their begin
  std::uint8_t flags = 0;    ///< decode::TcpFlag. Without tcp_urg the urgent pointer becomes 0
  std::uint32_t offset = 0;  ///< from there on the payload becomes `payload`
  Octets payload;
};

/// A segment that is made.
struct TcpMade {
  struct Block {
    std::uint32_t begin;
    std::uint32_t end;
  };
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 0;  ///< not scaled
  std::uint8_t flags = 0;
  bool timestamps = false;
  std::uint32_t timestamp = 0;
  std::uint32_t timestamp_echo = 0;
  std::array<Block, 4> blocks{};  ///< selectively acknowledged
  std::uint32_t block_count = 0;
  Octets payload;
};

/// Where segments go from the relay, in their order. The segment in hand gets exactly one of `pass`, `drop`
/// and `change`. Octets that are handed over are good for the call.
class TcpWire {
 public:
  virtual void pass() = 0;  ///< it leaves as it came
  virtual void drop() = 0;
  virtual void change(const TcpChange& change) = 0;
  /// A new segment leaves, with `model` before its TCP header. It may get lost, as on any wire.
  virtual void make(const RelayHeaders& model, const TcpMade& segment) = 0;

 protected:
  ~TcpWire() = default;
};

/// Reads the streams that a relay puts in order.
class StreamReader {
 public:
  /// Gives back how many of `in_order` it is done with; the others are offered again, with what follows.
  /// `edits` takes what is to be changed; those of octets that have left (StreamState::left) are ignored.
  virtual std::size_t read(const Carriage& carriage, StreamState& state, Octets in_order, Edits& edits) = 0;
  /// `rest`, which the reader wanted again, leaves unread on a link that is to stop what cannot be read:
  /// makes it something that no receiver takes for a message. False where it is too short for that.
  virtual bool spoil(std::span<std::byte> rest) = 0;

 protected:
  ~StreamReader() = default;
};

}  // namespace tollgate::flow
