#pragma once

#include <cstddef>

#include "engine/packet.hpp"

namespace tollgate::engine {

/// Where packets go from the engine, in the order in which they leave. Every packet that it was handed or
/// that it made is given back once, by `send` or `drop`; until then the engine may hold it. None may throw.
class Output {
 public:
  /// The packet leaves by the side opposite to `packet.side`. Its octets may have changed since it came, and
  /// may be fewer.
  virtual void send(const Packet& packet) = 0;
  /// The packet does not leave.
  virtual void drop(const Packet& packet) = 0;
  /// A new packet with room for `size` octets: `octets` and `handle` are filled in, the caller does the rest
  /// (time and frame are those of the packet that caused it). False where there is no buffer.
  virtual bool make(std::size_t size, Packet& packet) = 0;

 protected:
  ~Output() = default;
};

/// For whoever wants the messages and not the packets.
class Nowhere final : public Output {
 public:
  void send(const Packet& /*packet*/) override {}
  void drop(const Packet& /*packet*/) override {}
  bool make(std::size_t /*size*/, Packet& /*packet*/) override { return false; }
};

}  // namespace tollgate::engine
