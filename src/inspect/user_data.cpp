#include "inspect/user_data.hpp"

#include <algorithm>

#include "decode/alphabet.hpp"
#include "decode/dcs.hpp"
#include "decode/udh.hpp"

namespace tollgate::inspect {
namespace {

/// Decodes text into the arena; `bound` characters are room enough.
template <class Decode>
void put_text(Message& message, Arena& arena, Counters& counters, std::size_t bound, Octets raw,
              Decode decode) {
  const std::span<char> room = arena.room();
  if (room.size() < bound) {
    counters.add(Count::lost_text_no_room);
    message.data = raw;
    return;
  }
  message.text = arena.commit(decode(room));
  message.has_text = true;
}

/// The septets one an octet; none where the arena has no room, which the text before them was larger than.
Octets unpacked(const UserData& user_data, std::size_t first, std::size_t count, Arena& arena) {
  const std::span<char> room = arena.room();
  if (room.size() < count) return {};
  return as_octets(
      arena.commit(decode::gsm7_unpack(user_data.octets, first, count, std::as_writable_bytes(room))));
}

void put_gsm7(const UserData& user_data, const HeaderReading& header, Message& message, Arena& arena,
              Counters& counters) {
  const decode::NationalLanguage language{header.locking_shift, header.single_shift};
  const Octets body = user_data.octets.subspan(header.length);
  message.language = language;
  if (!user_data.packed) {
    return put_text(message, arena, counters, decode::gsm7_bound(body.size()), body,
                    [&](std::span<char> out) { return decode::gsm7_unpacked_to_utf8(body, language, out); });
  }
  const std::size_t first = decode::header_septets(header.length);
  const std::size_t count = user_data.length - std::min(user_data.length, first);
  put_text(message, arena, counters, decode::gsm7_bound(count), body, [&](std::span<char> out) {
    return decode::gsm7_packed_to_utf8(user_data.octets, first, count, language, out);
  });
  if (message.parts.total > 1) message.body = unpacked(user_data, first, count, arena);
}

}  // namespace

HeaderReading read_user_data_header(Octets octets, Message& message, Counters& counters) {
  const auto header = decode::decode_user_data_header(octets);
  if (!header) {
    counters.add(header.error());
    return {.ok = false};
  }
  if (header->malformed) counters.add(Count::ignored_user_data_header);
  message.udh = header->octets;
  if (header->ports) message.ports = Ports{header->ports->destination, header->ports->originator};
  if (const auto& c = header->concatenation) message.parts = {c->reference, c->total, c->sequence, c->wide};
  return {.ok = true,
          .length = header->octets.size(),
          .locking_shift = header->language.locking,
          .single_shift = header->language.single_shift};
}

void read_user_data(const UserData& user_data, Message& message, Arena& arena, Counters& counters) {
  const decode::DataCoding coding = decode::data_coding(user_data.dcs);
  message.dcs = user_data.dcs;
  message.message_class = coding.message_class;
  if (coding.compressed) message.coding = Coding::compressed;
  else if (coding.alphabet == decode::Alphabet::data8) message.coding = Coding::binary;
  else if (coding.alphabet == decode::Alphabet::ucs2) message.coding = Coding::ucs2;
  else message.coding = Coding::gsm7;

  HeaderReading header;
  if (user_data.has_header) {
    header = read_user_data_header(user_data.octets, message, counters);
    if (!header.ok) {
      message.data = user_data.octets;
      return;
    }
  }
  const Octets body = user_data.octets.subspan(header.length);
  message.body = body;
  switch (message.coding) {
    case Coding::gsm7: return put_gsm7(user_data, header, message, arena, counters);
    case Coding::ucs2:
      return put_text(message, arena, counters, decode::ucs2_bound(body.size()), body,
                      [&](std::span<char> out) { return decode::ucs2_to_utf8(body, out); });
    default: message.data = body;
  }
}

}  // namespace tollgate::inspect
