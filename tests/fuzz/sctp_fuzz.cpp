#include "decode/sctp.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

namespace {

void read(const sctp::Chunk& chunk) {
  if (chunk.is_data()) static_cast<void>(sctp::decode_data(chunk));
  const auto init = sctp::decode_init(chunk);
  if (!init) return;
  for (sctp::Parameters parameters{init->parameters}; !parameters.done();) {
    static_cast<void>(parameters.next());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  test::CheckingTrace trace(input);
  static_cast<void>(sctp::decode(input, &trace));
  const auto packet = sctp::decode(input);
  if (!packet) return 0;
  static_cast<void>(sctp::checksum_ok(input));
  for (sctp::Chunks chunks{packet->chunks}; !chunks.done();) {
    const auto chunk = chunks.next();
    if (chunk) read(*chunk);
  }
  for (sctp::Chunks chunks{packet->chunks}; !chunks.done();) static_cast<void>(chunks.next(&trace));
  return 0;
}
