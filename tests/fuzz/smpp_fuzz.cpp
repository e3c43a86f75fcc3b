#include "decode/smpp.hpp"
#include "support/checking_trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::decode;
  const Octets input = std::as_bytes(std::span{data, size});
  const auto plain = smpp::decode(input);
  test::CheckingTrace trace(input);
  const auto traced = smpp::decode(input, &trace);
  if (plain.ok() != traced.ok()) __builtin_trap();
  if (!plain.ok()) return 0;
  smpp::TlvWalk walk(plain->tlvs);
  while (walk.next()) {
  }
  const bool multi = plain->command_id == smpp::CommandId::submit_multi;
  unsigned count = 0;
  smpp::Destination destination;
  smpp::Destinations destinations(plain->list);
  while (multi && destinations.next(destination)) ++count;
  if (multi && count != plain->list_count) __builtin_trap();
  count = 0;
  smpp::UnsuccessSme element;
  smpp::UnsuccessSmes elements(plain->list);
  const bool multi_resp = plain->command_id == smpp::CommandId::submit_multi_resp;
  while (multi_resp && elements.next(element)) ++count;
  if (multi_resp && count != plain->list_count) __builtin_trap();
  return 0;
}
