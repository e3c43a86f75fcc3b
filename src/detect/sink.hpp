#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "message/message.hpp"

namespace tollgate::detect {

/// What a sink is told of an event.
struct SinkEvent {
  std::uint64_t time_ns = 0;
  std::array<char, 32> id{};  ///< hexadecimal digits
  std::string_view json;      ///< one line, without a newline
  Kind kind = Kind::message;
  Protocol protocol = Protocol::map;
  Direction direction = Direction::unknown;
  Verdict verdict = Verdict::pass;
  bool alert = false;
};

/// Packets that may have carried messages and were not read: those that were counted since the last time.
struct SinkUnread {
  std::uint64_t time_ns = 0;  ///< where their minute begins
  std::array<char, 32> id{};  ///< hexadecimal digits: no two of these share one
  std::string_view reason;    ///< the counter's name
  std::string route;          ///< of the link
  std::uint64_t packets = 0;
};

/// How a sink does: each event and each count that it took is sent, lost, refused, or waits.
struct SinkHealth {
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t waiting = 0;
  std::uint64_t spooled = 0;  ///< octets on the disk
  std::uint64_t refused = 0;  ///< events that the receiver never takes, which lie aside on the disk
  std::uint64_t refused_octets = 0;
  std::string error{};    ///< why events do not arrive now; empty: they do
  std::string refusal{};  ///< why the last were refused; empty: none were
};

/// Takes events somewhere. All calls come from one thread; they may wait.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void take(std::span<const SinkEvent> events) = 0;
  /// Whether it asks for counts of what was not read: one that does not is given none.
  virtual bool takes_unread() const { return false; }
  virtual void take_unread(std::span<const SinkUnread> /*counts*/) {}
  /// What is due by time; to be called several times a second. Nanoseconds since 1970.
  virtual void tick(std::uint64_t time_ns) = 0;
  virtual void reopen() = 0;
  virtual SinkHealth health() = 0;
  /// No more events come: brings away what waits, as far as there is time.
  virtual void finish(std::uint64_t milliseconds) = 0;
};

}  // namespace tollgate::detect
