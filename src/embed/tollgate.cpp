#include "tollgate.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/config.hpp"
#include "cli/rules_folder.hpp"
#include "engine/engine.hpp"
#include "record/event_json.hpp"
#include "record/event_ring.hpp"
#include "record/privacy.hpp"

using namespace tollgate;

namespace {

engine::Packet from_host(const tollgate_packet& packet) {
  return {.octets = {reinterpret_cast<std::byte*>(packet.octets), packet.size},
          .wire_length = packet.wire_length,
          .side = packet.side == TOLLGATE_INSIDE ? Side::inside : Side::outside,
          .link = packet.link,
          .time_ns = packet.time_ns,
          .frame = packet.number,
          .handle = packet.handle};
}

tollgate_packet to_host(const engine::Packet& packet) {
  return {.octets = reinterpret_cast<std::uint8_t*>(packet.octets.data()),
          .size = packet.octets.size(),
          .wire_length = packet.wire_length,
          .link = packet.link,
          .side = static_cast<std::uint8_t>(packet.side == Side::inside ? TOLLGATE_INSIDE : TOLLGATE_OUTSIDE),
          .time_ns = packet.time_ns,
          .number = packet.frame,
          .handle = packet.handle};
}

/// The host's functions as the engine's output.
class HostOutput final : public engine::Output {
 public:
  explicit HostOutput(const tollgate_host& host) : host_(host) {}
  void send(const engine::Packet& packet) override {
    const tollgate_packet given = to_host(packet);
    host_.send(host_.context, &given);
  }
  void drop(const engine::Packet& packet) override {
    const tollgate_packet given = to_host(packet);
    host_.drop(host_.context, &given);
  }
  bool make(std::size_t size, engine::Packet& packet) override {
    tollgate_packet made{};
    if (host_.make(host_.context, size, &made) == 0) return false;
    packet.octets = {reinterpret_cast<std::byte*>(made.octets), size};
    packet.handle = made.handle;
    return true;
  }
  const tollgate_host& host() const { return host_; }

 private:
  const tollgate_host host_;
};

engine::Settings settings_of(const cli::Configuration& config) {
  engine::Settings settings = config.engine;
  if (!config.links.empty()) settings.links = config.links;
  return settings;
}

}  // namespace

struct tollgate_engine {
  tollgate_engine(const cli::Configuration& config, const tollgate_host& host)
      : output(host),
        privacy(config.events.privacy),
        settings(settings_of(config)),
        judges(cli::load_judges(settings, {})),
        engine(settings, ring, judges.ruleset, judges.plugins) {}

  HostOutput output;
  record::EventRing ring;
  record::Privacy privacy;
  std::string line;
  const engine::Settings settings;
  const cli::Judges judges;
  engine::Engine engine;
};

tollgate_engine* tollgate_open(const char* config, const tollgate_host* host, char* error,
                               std::size_t error_size) {
  std::string why;
  try {
    if (host->abi == TOLLGATE_ABI && host->size >= sizeof(tollgate_host))
      return new tollgate_engine(cli::load_config(config), *host);
    why = "the program was built for another version of libtollgate";
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  if (error_size != 0) error[why.copy(error, error_size - 1)] = '\0';
  return nullptr;
}

void tollgate_process(tollgate_engine* engine, const tollgate_packet* packets, std::size_t count) {
  constexpr std::size_t burst = 32;
  std::array<tollgate::engine::Packet, burst> taken;
  for (std::size_t at = 0; at < count; at += burst) {
    const std::size_t size = std::min(burst, count - at);
    std::transform(packets + at, packets + at + size, taken.begin(), from_host);
    engine->engine.process({taken.data(), size}, engine->output);
  }
}

void tollgate_tick(tollgate_engine* engine, std::uint64_t time_ns) {
  engine->engine.tick(time_ns, engine->output);
}

std::size_t tollgate_events(tollgate_engine* engine) {
  const tollgate_host& host = engine->output.host();
  return engine->ring.drain([&](const Message& message) {
    if (host.event == nullptr || message.kind == Kind::signalling) return;
    engine->line.clear();
    record::append_event(engine->line, engine->privacy.filter(message));
    host.event(host.context, engine->line.data(), engine->line.size());
  });
}

void tollgate_enforce(tollgate_engine* engine, int on) {
  engine->engine.enforce(on != 0 && engine->settings.enforcement);
}

void tollgate_finish(tollgate_engine* engine) { engine->engine.finish(engine->output); }

void tollgate_close(tollgate_engine* engine) { delete engine; }
