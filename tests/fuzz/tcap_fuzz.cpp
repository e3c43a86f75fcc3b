#include "decode/ansi_tcap.hpp"
#include "decode/tcap.hpp"
#include "support/checking_trace.hpp"

using namespace tollgate;
using namespace tollgate::decode;

namespace {

void read(Octets input, Trace* trace) {
  (void)ansi_tcap::decode(input, trace);
  const auto message = tcap::decode(input, trace, 2);
  if (!message) return;
  tcap::Components components(*message);
  while (components.next()) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  read(input, nullptr);
  test::CheckingTrace trace(input);
  read(input, &trace);
  return 0;
}
