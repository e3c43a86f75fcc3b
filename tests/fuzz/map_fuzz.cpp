#include "decode/map.hpp"
#include "decode/map_address.hpp"
#include "decode/map_dialogue.hpp"
#include "decode/map_names.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

namespace {

void read(std::uint8_t kind, std::int32_t code, Octets input, Trace* trace) {
  switch (kind % 4) {
    case 0: static_cast<void>(map::decode_argument(code, input, trace)); break;
    case 1: static_cast<void>(map::decode_result(code, input, trace)); break;
    case 2: static_cast<void>(map::decode_error(code, input, trace)); break;
    default: static_cast<void>(map::decode_dialogue(input, trace)); break;
  }
}

}  // namespace

// The first octet chooses the decoder, the second the operation or error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const Octets input = std::as_bytes(std::span{data, size}).subspan(2);
  read(data[0], data[1], input, nullptr);
  test::CheckingTrace trace(input);
  read(data[0], data[1], input, &trace);
  char digits[32];
  static_cast<void>(map::to_digits(map::read_address(input).digits, digits));
  static_cast<void>(map::application_context(input));
  static_cast<void>(map::operation_name(data[1], data[0]));
  return 0;
}
