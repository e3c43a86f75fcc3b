#include <cstdlib>

#include "decode/reader.hpp"
#include "support/relay_wire.hpp"

using namespace tollgate;

namespace {

/// Leaves as many octets as the fuzzer says, and changes what it takes.
class Reader final : public flow::StreamReader {
 public:
  std::size_t read(const flow::Carriage&, flow::StreamState& state, Octets in_order, Edits& edits) override {
    if (state.left > in_order.size()) std::abort();
    state.not_mine = leave == 255;
    state.unrecognised = leave == 254;
    const std::size_t consumed = in_order.size() - std::min(leave, in_order.size());
    if (consumed != 0 && !edits.replace(in_order.subspan(consumed / 2, 1), test::PduReader::zeros(1)))
      return consumed;
    return consumed;
  }
  bool spoil(std::span<std::byte> rest) override { return rest.size() > 4; }
  std::size_t leave = 0;
};

/// Reads every octet that leaves.
class Wire final : public flow::TcpWire {
 public:
  void pass() override { ++given_back; }
  void drop() override { ++given_back; }
  void change(const flow::TcpChange& change) override {
    ++given_back;
    if (change.size > in_hand || change.offset + change.payload.size() > change.size) std::abort();
    look(change.payload);
  }
  void make(const flow::RelayHeaders& model, const flow::TcpMade& segment) override {
    if (model.size == 0 || segment.block_count > segment.blocks.size()) std::abort();
    if (++made > 100'000) std::abort();
    look(segment.payload);
  }
  void look(Octets octets) {
    for (const std::byte octet : octets) sum = sum + std::to_integer<unsigned>(octet);
  }
  std::size_t in_hand = 0;
  unsigned given_back = 0;
  unsigned made = 0;
  volatile unsigned sum = 0;
};

}  // namespace

// Segments one after the other: connection, direction and what else happens 8, control bits 8, sequence
// number 16 (in units that the connection octet chooses), acknowledgement 16, window 8, time that passes 8,
// octets that the reader leaves 8, options 8, length 16, payload. A tenth of them end the process: another
// takes over.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr flow::RelayMemory::Limits limits{.connections = 2, .small_buffers = 3, .large_buffers = 1};
  static test::RelayRoom room(limits);
  std::memset(room.octets().data(), 0, 4'096 + 2 * 8'192);
  static Edits edits;
  static const std::vector<Link> links{Link{.two_sided = true}, Link{.two_sided = true, .closed = true}};
  Counters counters;
  Reader reader;
  Wire wire;
  std::optional<flow::TcpRelay> relay;
  const auto start = [&](std::uint64_t time_ns) {
    relay.emplace(room.octets(), limits, links, counters, reader, edits);
    relay->adopt(time_ns);
  };
  start(0);
  const std::string options[] = {
      "", test::RelayWire::timestamps_option(5, 5), test::RelayWire::syn_options(300, true, true, 3),
      test::RelayWire::syn_options(100, true, false, 14), std::string("\x13\x12", 2)};
  flow::Carriage carriage;
  carriage.time_ns = 1'000'000'000;
  decode::Reader r{std::as_bytes(std::span{data, size})};
  while (!r.empty()) {
    const unsigned who = r.u8("Connection");
    carriage.source.octets[0] = carriage.destination.octets[0] = static_cast<std::byte>(who >> 1U & 3U);
    carriage.source.octets[1] = static_cast<std::byte>(who & 1U);
    carriage.destination.octets[1] = static_cast<std::byte>(~who & 1U);
    carriage.link = &links[who >> 3U & 1U];
    decode::TcpSegment segment;
    segment.flags = r.u8("Control bits");
    segment.sequence = 0xffff'ff00U + r.u16("Sequence") * ((who & 128U) != 0 ? 65'536U : 1U);
    segment.acknowledgement = 0xffff'ff00U + r.u16("Acknowledgement");
    segment.window = static_cast<std::uint16_t>(r.u8("Window") << 4U);
    carriage.time_ns += std::uint64_t{r.u8("Time")} * r.u8("Time unit") * 1'000'000;
    reader.leave = r.u8("Leave");
    if (reader.leave >= 128 && reader.leave < 254) reader.leave *= 1'024;
    const unsigned option = r.u8("Options");
    segment.options = as_octets(options[option % std::size(options)]);
    const std::size_t length = r.u16("Length");
    segment.payload = r.take(std::min(length, r.remaining()));
    wire.in_hand = segment.payload.size();
    wire.given_back = 0;
    relay->segment({.carriage = carriage,
                    .segment = segment,
                    .headers = as_octets(option >= 250     ? ""
                                         : (who & 1U) != 0 ? test::client_headers
                                                           : test::server_headers),
                    .side = ((who & 1U) != 0) == (option < 200) ? Side::outside : Side::inside,
                    .link = static_cast<std::uint16_t>(who >> 3U & 1U)},
                   wire);
    if (wire.given_back != 1) std::abort();
    relay->tick(carriage.time_ns, wire);
    if ((who >> 4U & 7U) == 7) start(carriage.time_ns);
    if ((who >> 4U & 7U) == 6) relay->enforce(option % 2 == 0);
  }
  relay->release_custody(carriage.time_ns, wire);
  relay->finish(carriage.time_ns, wire);
  if (relay->buffers_taken() > 4) std::abort();
  return 0;
}
