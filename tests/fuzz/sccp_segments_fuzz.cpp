#include "decode/reader.hpp"
#include "flow/sccp_segments.hpp"

// Each segment is taken from the input: reference, first bit and remaining segments, time step, length, data.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  decode::Reader r{std::as_bytes(std::span{data, size})};
  flow::SccpSegments segments(4);
  Counters counters;
  std::uint64_t now = 0;
  while (!r.empty()) {
    const std::uint8_t reference = r.u8("reference");
    const std::uint8_t octet = r.u8("first, remaining");
    now += std::uint64_t{r.u8("time step")} * 100'000'000;
    decode::sccp::Segmentation segmentation;
    segmentation.first = (octet & 0x80U) != 0;
    segmentation.remaining = octet & 0x1fU;
    const Octets content = r.take(r.u8("length"));
    flow::SegmentedMessage message;
    message.local_reference = reference & 7U;
    const auto whole = segments.add(message, segmentation, content, now, counters);
    if (whole && whole->size() > flow::SccpSegments::max_octets) __builtin_trap();
    if (segments.size() > 4) __builtin_trap();
    if (whole && !whole->empty() && (*whole)[whole->size() - 1] == std::byte{0xa5}) now += 1;
  }
  return 0;
}
