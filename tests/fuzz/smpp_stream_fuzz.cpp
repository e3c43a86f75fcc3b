#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "inspect/smpp.hpp"
#include "support/checking_trace.hpp"

// The first octet says how the rest is given: as one connection, each direction in pieces of its own size.
namespace {

using namespace tollgate;

class Counting final : public Consumer {
 public:
  void accept(Message& message) override {
    for_each_view(message, [this](const auto& view) {
      for (const auto c : view) sum_ = sum_ + static_cast<unsigned char>(c);
    });
  }

 private:
  volatile std::uint64_t sum_ = 0;
};

struct OneWay {
  flow::StreamState state;
  std::vector<std::byte> kept;
  std::uint64_t position = 0;
};

void give(inspect::Smpp& smpp, OneWay& side, bool first, Octets octets, Consumer& consumer, bool traced) {
  if (side.state.not_mine) return;
  // An exact allocation, so that a sanitizer sees a read past the end.
  std::vector<std::byte> all(side.kept);
  all.insert(all.end(), octets.begin(), octets.end());
  flow::Carriage carriage;
  carriage.frame = side.position + 1;
  carriage.connection = first ? 1 : 2;
  carriage.opposite = first ? 2 : 1;
  carriage.position = side.position;
  test::CheckingTrace trace(all);
  const std::size_t done = smpp.octets(carriage, side.state, all, consumer, traced ? &trace : nullptr);
  if (done > all.size()) __builtin_trap();
  side.state.lost = false;
  side.position += done;
  side.kept.assign(all.begin() + static_cast<std::ptrdiff_t>(done), all.end());
  if (!side.state.not_mine && side.kept.size() > flow::TcpStreams::max_kept) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static Counters counters;
  static Arena arena;
  inspect::Smpp smpp(4, 16, counters, arena);
  Counting consumer;
  const unsigned how = data[0];
  Octets rest = std::as_bytes(std::span{data + 1, size - 1});
  OneWay sides[2];
  for (OneWay& side : sides) side.state.from_start = (how & 1U) != 0;
  const std::size_t piece = (how & 2U) != 0 ? 1 + (how >> 4U) : 1460;
  for (bool first = true; !rest.empty();) {
    const Octets part = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(part.size());
    OneWay& side = sides[first ? 0 : 1];
    if ((how & 4U) != 0 && rest.size() % 7 == 3) side.state.lost = true;
    side.state.finished = rest.empty();
    give(smpp, side, first, part, consumer, (how & 8U) != 0);
    if ((how & 4U) != 0) first = !first;
  }
  return 0;
}
