#include "decode/udh.hpp"
#include "support/checking_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  const Octets input = std::as_bytes(std::span{data, size});
  const auto plain = decode_user_data_header(input);
  test::CheckingTrace trace(input);
  const auto traced = decode_user_data_header(input, &trace);
  if (plain.ok() != traced.ok()) __builtin_trap();
  if (!plain.ok()) return 0;
  if (plain->octets.size() > input.size()) __builtin_trap();
  if (const auto& c = plain->concatenation; c && (c->sequence == 0 || c->sequence > c->total))
    __builtin_trap();
  InformationElements elements(plain->elements);
  while (elements.next()) {
  }
  return 0;
}
