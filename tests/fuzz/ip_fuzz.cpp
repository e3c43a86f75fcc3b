#include "decode/ip.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  if (const auto packet = decode_ip(input)) {
    static_cast<void>(ip_checksum_ok(*packet));
    static_cast<void>(decode_ip_reassembled(*packet, packet->payload));
  }
  test::CheckingTrace trace(input);
  static_cast<void>(decode_ip(input, &trace));
  return 0;
}
