#include "inspect/whole_message.hpp"

#include <algorithm>
#include <cstring>

#include "decode/alphabet.hpp"
#include "inspect/charset.hpp"

namespace tollgate::inspect {
namespace {

bool is_text(Coding coding) {
  return coding == Coding::gsm7 || coding == Coding::ucs2 || Charsets::reads(coding);
}

/// Room that any text of so many octets fits in, however it is written.
constexpr std::size_t text_bound(std::size_t octets) {
  return std::max({decode::gsm7_bound(octets), decode::ucs2_bound(octets), Charsets::bound(octets)});
}

std::size_t to_utf8(const flow::Passage& passage, std::span<char> out) {
  switch (passage.coding) {
    case Coding::gsm7: return decode::gsm7_unpacked_to_utf8(passage.octets, passage.language, out);
    case Coding::ucs2: return decode::ucs2_to_utf8(passage.octets, out);
    default: return charsets().to_utf8(passage.coding, passage.octets, out);
  }
}

std::size_t copy(const flow::Passage& passage, std::span<char> out) {
  if (!passage.octets.empty()) std::memcpy(out.data(), passage.octets.data(), passage.octets.size());
  return passage.octets.size();
}

/// What `put` makes of the passages that are text, or of those that are not, one behind the other.
template <class Put>
std::string_view joined(std::span<const flow::Passage> passages, bool text, Arena& arena, Counters& counters,
                        Put put) {
  const std::span<char> room = arena.room();
  std::size_t length = 0;
  for (const flow::Passage& passage : passages) {
    if (is_text(passage.coding) != text) continue;
    if (room.size() - length < text_bound(passage.octets.size())) {
      counters.add(Count::lost_text_no_room);
      break;
    }
    length += put(passage, room.subspan(length));
  }
  return arena.commit(length);
}

}  // namespace

void read_whole_message(std::span<const flow::Passage> passages, Message& message, Arena& arena,
                        Counters& counters) {
  if (passages.empty()) return;
  message.message_text = joined(passages, true, arena, counters, to_utf8);
  message.message_data = as_octets(joined(passages, false, arena, counters, copy));
}

}  // namespace tollgate::inspect
