#include "decode/sccp.hpp"
#include "support/checking_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  const Octets input = std::as_bytes(std::span{data, size});
  test::CheckingTrace trace(input);
  const auto message = sccp::decode(input);
  if (message.ok() != sccp::decode(input, &trace).ok()) __builtin_trap();
  if (sccp::decode_management(input).ok() != sccp::decode_management(input, &trace).ok()) __builtin_trap();
  if (!message) return 0;
  char digits[sccp::max_gt_digits];
  if (sccp::digits(message->called.gt, digits) != message->called.gt.signals) __builtin_trap();
  if (sccp::digits(message->calling.gt, digits) != message->calling.gt.signals) __builtin_trap();
  return 0;
}
