#include <algorithm>
#include <cstdlib>

#include "decode/reader.hpp"
#include "inspect/sigtran.hpp"
#include "support/checking_consumer.hpp"
#include "support/reading_trace.hpp"

// SS7 payloads one after the other: what it is 8, length 16, octets. They share the dialogues and the
// segments; each is one second after the other.

using namespace tollgate;

namespace {

std::vector<std::string> read(Octets input, decode::Trace* trace) {
  Counters counters;
  Arena arena(4'096);
  test::CheckingConsumer consumer;
  inspect::Sigtran sigtran(3, 2, counters, arena);
  flow::Carriage carriage;
  const inspect::PayloadContext context{carriage, consumer, trace};
  decode::Reader r{input};
  while (!r.empty()) {
    const unsigned kind = r.u8("Kind");
    const std::size_t length = r.u16("Length");
    const Octets octets = r.take(std::min(length, r.remaining()));
    carriage.time_ns += 1'000'000'000;
    carriage.position = ++carriage.frame;
    switch (kind % 8) {
      case 0: sigtran.m3ua(context, octets); break;
      case 1: sigtran.m2pa(context, octets); break;
      case 2: sigtran.m2ua(context, octets); break;
      case 3: sigtran.sua(context, octets); break;
      case 4: sigtran.mtp2(context, octets); break;
      case 5: sigtran.mtp3(context, octets); break;
      case 6: sigtran.sccp(context, {}, octets); break;
      case 7: sigtran.tcap(context, octets); break;
    }
  }
  return std::move(consumer.events);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Octets input = std::as_bytes(std::span{data, size});
  test::ReadingTrace trace;
  if (read(input, nullptr) != read(input, &trace)) std::abort();
  return 0;
}
