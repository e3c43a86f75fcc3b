#pragma once

#include <cstdint>
#include <span>

#include "engine/packet.hpp"
#include "engine/settings.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::engine {

/// Takes the packets that the engine lets go, in the order in which they leave.
class Output {
 public:
  virtual void send(const Packet& packet) = 0;

 protected:
  ~Output() = default;
};

/// The stages in order, for one worker: packets in, packets and messages out. Knows no clock, no files
/// and no DPDK.
class Engine {
 public:
  /// `events` is told of every message; it must outlive the engine.
  Engine(const Settings& settings, Consumer& events);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes a burst. Each packet is given to `output` once, in this call or (held) in a later one.
  void process(std::span<const Packet> burst, Output& output);

  /// The end of the input: gives back what is still held.
  void finish(Output& output);

  const Counters& counters() const;

 private:
  [[maybe_unused]] Consumer& events_;
  Counters counters_;
};

}  // namespace tollgate::engine
