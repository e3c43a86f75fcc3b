#include "decode/link.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

// The first octet chooses the link type.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<LinkType>(data[0] % (static_cast<unsigned>(LinkType::unknown) + 1));
  const Octets input = std::as_bytes(std::span{data, size}).subspan(1);
  static_cast<void>(decode_link(type, input));
  test::CheckingTrace trace(input);
  static_cast<void>(decode_link(type, input, &trace));
  return 0;
}
