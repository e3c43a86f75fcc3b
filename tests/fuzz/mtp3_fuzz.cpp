#include "decode/mtp3.hpp"
#include "support/checking_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  const Octets input = std::as_bytes(std::span{data, size});
  test::CheckingTrace trace(input);
  for (const auto variant : {mtp3::Variant::itu, mtp3::Variant::ansi, mtp3::Variant::japan}) {
    if (mtp3::decode(input, variant).ok() != mtp3::decode(input, variant, &trace).ok()) __builtin_trap();
  }
  if (!mtp3::decode(input, mtp3::recognise(input)).ok() && size >= 9) __builtin_trap();
  return 0;
}
