#include <cstdlib>

#include "decode/reader.hpp"
#include "flow/ppid.hpp"
#include "flow/sctp_associations.hpp"

using namespace tollgate;

namespace {

struct Sink : flow::SctpAssociations::Sink {
  std::size_t& delivered;
  void deliver(const flow::Carriage& /*carriage*/, const flow::SctpUserMessage& message) {
    if (message.payload.empty()) std::abort();
    static_cast<void>(flow::classify(message.ppid, message.payload));
    delivered += message.payload.size();
    std::size_t fragments = 0;
    for (const auto& fragment : message.fragments) fragments += fragment.length;
    if (!message.fragments.empty() && fragments != message.payload.size()) std::abort();
  }
};

}  // namespace

// Packets one after the other: verification tag 8 (its other bits: where it comes in), seconds that pass 8,
// length 16, chunks.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Counters counters;
  flow::SctpAssociations associations{
      counters, {.directions = 2, .fragments = 8, .fragment_octets = 1U << 16U, .tsns = 16}};
  flow::Carriage carriage;
  std::size_t delivered = 0;
  decode::Reader r{std::as_bytes(std::span{data, size})};
  while (!r.empty()) {
    decode::sctp::Packet packet;
    const unsigned first = r.u8("Verification Tag");
    packet.verification_tag = first % 4U;
    const flow::Entrance entrance{.known = (first & 4U) != 0,
                                  .side = (first & 8U) != 0 ? Side::inside : Side::outside,
                                  .link = static_cast<std::uint16_t>(first >> 4U & 1U)};
    carriage.time_ns += r.u8("Seconds") * 1'000'000'000ULL;
    const std::size_t length = r.u16("Length");
    packet.chunks = r.take(std::min(length, r.remaining()));
    associations.packet(carriage, entrance, packet, Sink{{}, delivered});
  }
  if (delivered > size) std::abort();  // each octet is delivered at most once
  return 0;
}
