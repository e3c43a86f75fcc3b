#include <cstdlib>

#include "decode/reader.hpp"
#include "flow/ip_fragments.hpp"

using namespace tollgate;

// Fragments one after the other: identification 8, flags 8 (more, IPv6, seconds that pass), offset 16 in
// units of 8 octets, length 8, payload.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Counters counters;
  flow::IpFragments fragments{counters, 4, 1U << 16U};
  std::uint64_t time_ns = 0;
  decode::Reader r{std::as_bytes(std::span{data, size})};
  while (!r.empty()) {
    decode::IpPacket packet;
    packet.fragment = true;
    packet.fragment_id = r.u8("Identification") % 8U;
    const unsigned flags = r.u8("Flags");
    packet.more_fragments = (flags & 1U) != 0;
    packet.source.version = (flags & 2U) != 0 ? 6 : 4;
    packet.protocol = (flags & 4U) != 0 ? decode::ip_protocol_destination : decode::ip_protocol_sctp;
    time_ns += (flags >> 3U) * 1'000'000'000ULL;
    packet.fragment_offset = static_cast<std::uint16_t>(r.u16("Offset") << 3U);
    const std::size_t length = r.u8("Length");
    packet.payload = r.take(std::min(length, r.remaining()));
    const auto whole = fragments.add(packet, time_ns).whole;
    if (whole && whole->fragment) std::abort();
    if (whole) static_cast<void>(decode::decode_ip_reassembled(*whole, whole->payload));
  }
  return 0;
}
