#include "decode/mtp2.hpp"
#include "support/checking_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  const Octets input = std::as_bytes(std::span{data, size});
  test::CheckingTrace trace(input);
  if (decode::mtp2::decode(input).ok() != decode::mtp2::decode(input, &trace).ok()) __builtin_trap();
  return 0;
}
