#include <algorithm>
#include <string>

#include "flow/concatenation.hpp"

// A run of parts of six octets each: reference, total, number, length of the part (in steps of
// five octets), its octet and coding, seconds since the part before. Whole texts are checked against what was
// added last.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  using namespace tollgate::flow;
  Counters counters;
  Concatenation parts{{.messages = 4, .chunks = 2048, .max_age_ns = 600'000'000'000}};
  std::uint64_t now = 0;
  for (; size >= 6; data += 6, size -= 6) {
    const PartsKey key{.conversation = 1,
                       .reference = static_cast<std::uint16_t>(data[0] % 8),
                       .total = data[1],
                       .wide = data[0] > 127};
    const std::string text(data[3] * 5U, static_cast<char>(data[4]));
    now += data[5] * std::uint64_t{1'000'000'000};
    const Passage part{as_octets(text), static_cast<Coding>(data[4] % 3), {}};
    const auto whole = parts.add(key, data[2], part, now, counters);
    const auto holds = [&](const Passage& passage) {
      return passage.coding == part.coding && as_chars(passage.octets).find(text) != std::string_view::npos;
    };
    if (!whole.empty() && std::none_of(whole.begin(), whole.end(), holds)) __builtin_trap();
    if (parts.size() > 4 || parts.chunks_used() > 2048) __builtin_trap();
  }
  return 0;
}
