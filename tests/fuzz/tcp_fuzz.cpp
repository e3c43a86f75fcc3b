#include "decode/tcp.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  if (const auto segment = decode_tcp(input)) static_cast<void>(decode_tcp_options(segment->options));
  static_cast<void>(tcp_checksum_ok({}, {}, input));
  test::CheckingTrace trace(input);
  static_cast<void>(decode_tcp(input, &trace));
  return 0;
}
