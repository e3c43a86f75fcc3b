#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "decode/reader.hpp"
#include "engine/engine.hpp"
#include "support/checking_consumer.hpp"
#include "support/reading_trace.hpp"

// A capture: the link type, 8 bits; then packets one after the other: length 16, flags 8, octets. Of the
// flags bits 0 to 2 say how much time has passed, bit 3 that the capture has cut the packet.
//
// Whatever comes in, each packet goes out, once and unchanged; each message keeps what message.hpp promises;
// and what is read does not depend on whether somebody watches.

using namespace tollgate;

namespace {

constexpr std::uint64_t millisecond = 1'000'000;
constexpr std::uint64_t time_steps[] = {0,
                                        millisecond,
                                        100 * millisecond,
                                        1'000 * millisecond,
                                        6'000 * millisecond,
                                        31'000 * millisecond,
                                        61'000 * millisecond,
                                        601'000 * millisecond};

engine::Settings small_tables() {
  engine::Settings settings;
  settings.home = {.country = "GB", .country_code = "44", .gt = {"4477"}, .imsi = {"00101"}};
  settings.replay_outside = {{.address = {}, .prefix_bits = 0}};
  settings.replay_outside[0].address.version = 4;
  settings.replay_route = "international";
  settings.ignore_checksums = true;
  settings.smpp_sessions = 2;
  settings.smpp_requests = 4;
  settings.dialogues = 3;
  settings.segmented_messages = 2;
  settings.concatenation = {.messages = 2, .chunks = 2'048};
  settings.tcp = {.connections = 2, .small_buffers = 4, .large_buffers = 2};
  settings.sctp = {.directions = 2, .fragments = 4, .fragment_octets = 8'192, .tsns = 16};
  settings.ip_datagrams = 2;
  settings.ip_fragment_octets = 8'192;
  return settings;
}

/// Checks that packets leave in order and as they came.
class CheckingOutput final : public engine::Output {
 public:
  void send(const engine::Packet& packet) override {
    if (packet.frame != ++sent) std::abort();
    if (!std::equal(packet.octets.begin(), packet.octets.end(), expected.begin(), expected.end()))
      std::abort();
  }
  void drop(const engine::Packet& /*packet*/) override { std::abort(); }
  bool make(std::size_t /*size*/, engine::Packet& /*packet*/) override { std::abort(); }
  Octets expected;
  std::uint64_t sent = 0;
};

std::vector<std::string> replay(Octets input, decode::Trace* trace) {
  static const engine::Settings settings = small_tables();
  test::CheckingConsumer consumer;
  CheckingOutput output;
  engine::Engine engine(settings, consumer);
  engine.trace_with(trace);
  decode::Reader r{input};
  constexpr unsigned link_types = static_cast<unsigned>(decode::LinkType::unknown) + 1;
  engine::Packet packet{.link_type = static_cast<decode::LinkType>(r.u8("Link type") % link_types)};
  while (!r.empty()) {
    const std::size_t length = r.u16("Length");
    const unsigned flags = r.u8("Flags");
    output.expected = r.take(std::min(length, r.remaining()));
    const auto exact = std::make_unique<std::byte[]>(output.expected.size());
    std::copy(output.expected.begin(), output.expected.end(), exact.get());
    packet.octets = {exact.get(), output.expected.size()};
    packet.wire_length = static_cast<std::uint32_t>(packet.octets.size()) + ((flags & 8U) != 0 ? 100 : 0);
    packet.time_ns += time_steps[flags & 7U];
    ++packet.frame;
    engine.process({&packet, 1}, output);
    if (output.sent != packet.frame) std::abort();
  }
  engine.finish(output);
  return std::move(consumer.events);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  test::ReadingTrace trace;
  if (replay(input, nullptr) != replay(input, &trace)) std::abort();
  return 0;
}
