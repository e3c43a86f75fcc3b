#include "engine/engine.hpp"

namespace tollgate::engine {

Engine::Engine(const Settings& /*settings*/, Consumer& events) : events_(events) {}
Engine::~Engine() = default;

void Engine::process(std::span<const Packet> burst, Output& output) {
  for (const Packet& packet : burst) {
    counters_.add(Count::packets);
    counters_.add(Count::octets, packet.wire_length);
    output.send(packet);
  }
}

void Engine::finish(Output& /*output*/) {}

const Counters& Engine::counters() const { return counters_; }

}  // namespace tollgate::engine
