#include <cstdlib>
#include <map>

#include "decode/reader.hpp"
#include "flow/tcp_streams.hpp"

using namespace tollgate;

// Segments one after the other: connection and direction 8, control bits 8, sequence number 16 (in units that
// the connection octet chooses), acknowledgement 8, half seconds that pass 8, octets that the reader leaves
// 8, length 16, payload. Positions must go on without a hole unless octets are said to be lost.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Counters counters;
  flow::TcpStreams streams{counters, {.connections = 2, .small_buffers = 8, .large_buffers = 2}};
  std::map<std::uint64_t, std::uint64_t> expected;  // position, by connection
  std::size_t leave = 0;
  const auto deliver = [&](const flow::Carriage& at, flow::StreamState& state, Octets in_order) {
    const auto known = expected.find(at.connection);
    if (known != expected.end() && !state.lost && at.position != known->second) {
      // A connection that ended or was forgotten is begun anew, in the middle of nowhere, with nothing read.
      if (state.user != 0) std::abort();
    }
    state.user = 1;
    state.not_mine = leave == 255;
    const std::size_t consumed = in_order.size() - std::min(leave, in_order.size());
    expected[at.connection] = at.position + consumed;
    return consumed;
  };
  flow::Carriage carriage;
  decode::Reader r{std::as_bytes(std::span{data, size})};
  while (!r.empty()) {
    const unsigned who = r.u8("Connection");
    carriage.source.octets[0] = carriage.destination.octets[0] = static_cast<std::byte>(who >> 1U & 3U);
    carriage.source.octets[1] = static_cast<std::byte>(who & 1U);
    carriage.destination.octets[1] = static_cast<std::byte>(~who & 1U);
    decode::TcpSegment segment;
    segment.flags = r.u8("Control bits");
    segment.sequence = (0xffff'ff00U + r.u16("Sequence")) * ((who & 128U) != 0 ? 65'536U : 1U);
    segment.acknowledgement = 0xffff'ff00U + r.u8("Acknowledgement");
    carriage.time_ns += r.u8("Half seconds") * 500'000'000ULL;
    leave = r.u8("Leave");
    if (leave >= 128 && leave < 255) leave *= 1'024;  // more than can be kept
    const std::size_t length = r.u16("Length");
    segment.payload = r.take(std::min(length, r.remaining()));
    streams.segment(carriage, segment, deliver);
    streams.expire(carriage.time_ns, deliver);
  }
  streams.finish(deliver);
  if (streams.buffers_taken() > 4) std::abort();  // one for what each direction has kept
  return 0;
}
