#include "traffic/content.hpp"

#include "traffic/encode_text.hpp"

namespace tollgate::traffic {
namespace {

/// The end of the longest beginning of `text` from `from` that fits: `room` in septets or octets. A
/// character, also one of two septets or a surrogate pair, is never cut.
std::size_t fitting(std::string_view text, std::size_t from, Alphabet alphabet, std::size_t room) {
  std::size_t at = from;
  Bytes septets;
  septets.reserve(room + 2);
  std::size_t octets = 0;
  while (at < text.size()) {
    std::size_t next = at;
    const char32_t character = next_character(text, next);
    if (alphabet == Alphabet::gsm7) {
      to_septets(septets, character, 0, 0);
      if (septets.size() > room) break;
    } else {
      octets += character >= 0x10000 ? 4 : 2;
      if (octets > room) break;
    }
    at = next;
  }
  return at;
}

UserData part(Alphabet alphabet, std::string_view text, const Bytes& header) {
  UserData data;
  data.alphabet = alphabet;
  data.text = text;
  data.header = header;
  return data;
}

Bytes concatenation(unsigned reference, bool wide, unsigned total, unsigned sequence) {
  Bytes element;
  if (wide) information_element(element, 0x08, {reference >> 8U, reference & 0xffU, total, sequence});
  else information_element(element, 0x00, {reference, total, sequence});
  return element;
}

/// Puts `units` of one character into parts of at most `room`. Of a character that is cut each part shows its
/// own half: U+FFFD for a surrogate; a space for an escape, and what its septet is in the default alphabet.
void put_cut(std::vector<UserData>& parts, char32_t character, const Bytes& units, std::size_t room) {
  const bool gsm7 = parts.back().alphabet == Alphabet::gsm7;
  const std::size_t before = room - parts.back().octets.size();
  if (units.size() <= before) {
    parts.back().octets.append(units);
    append_utf8(parts.back().text, character);
    return;
  }
  parts.back().octets.append(units.span().first(before));
  if (before > 0) append_utf8(parts.back().text, gsm7 ? U' ' : U'\ufffd');
  UserData next;
  next.alphabet = parts.back().alphabet;
  next.octets.append(units.span().subspan(before));
  if (before > 0) append_utf8(next.text, gsm7 ? locking_table(0)[units.span()[1]] : U'\ufffd');
  else append_utf8(next.text, character);
  parts.push_back(std::move(next));
}

}  // namespace

Content text_content(std::string text, Random& random, bool wide_reference) {
  return text_content(std::move(text), {}, random, wide_reference);
}

Content text_content(std::string text, const Bytes& header, Random& random, bool wide_reference) {
  Content content;
  const std::optional<std::size_t> septets = septet_count(text);
  const Alphabet alphabet = septets ? Alphabet::gsm7 : Alphabet::ucs2;
  if (alphabet == Alphabet::ucs2) {
    content.dcs = 0x08;
    content.coding = "ucs2";
  }
  const std::size_t all = text.size();
  const std::size_t room = capacity(alphabet, header);
  if (septets ? *septets <= room : fitting(text, 0, alphabet, room) == all) {
    content.parts.push_back(part(alphabet, text, header));
    content.whole = std::move(text);
    return content;
  }
  content.reference = static_cast<std::uint16_t>(random.between(1, wide_reference ? 0xffff : 0xff));
  Bytes probe = header;
  probe.fill(wide_reference ? 6 : 5);
  std::vector<std::string_view> pieces;
  for (std::size_t from = 0; from < all;) {
    const std::size_t to = fitting(text, from, alphabet, capacity(alphabet, probe));
    pieces.push_back(std::string_view{text}.substr(from, to - from));
    from = to;
  }
  const unsigned ref = content.reference;
  const auto total = static_cast<unsigned>(pieces.size());
  for (unsigned i = 0; i < total; ++i) {
    Bytes own = concatenation(ref, wide_reference, total, i + 1);
    own.append(header);
    content.parts.push_back(part(alphabet, pieces[i], own));
  }
  content.whole = std::move(text);
  return content;
}

Content binary_content(const Bytes& octets) {
  Content content;
  content.dcs = 0x04;
  content.coding = "binary";
  UserData data;
  data.alphabet = Alphabet::octets;
  data.octets = octets;
  content.parts.push_back(std::move(data));
  return content;
}

Content cut_content(std::string_view pair, Random& random, bool wide_reference) {
  Content content;
  if (wide_reference) content.whole = "a";  // so much shorter is a part: an even number of units
  for (int i = 0; i < 120; ++i) content.whole += pair;
  const Alphabet alphabet = septet_count(pair) ? Alphabet::gsm7 : Alphabet::ucs2;
  if (alphabet == Alphabet::ucs2) {
    content.dcs = 0x08;
    content.coding = "ucs2";
  }
  content.reference = static_cast<std::uint16_t>(random.between(1, wide_reference ? 0xffff : 0xff));
  std::size_t room = capacity(alphabet, concatenation(content.reference, wide_reference, 2, 1));
  if (alphabet == Alphabet::ucs2) room -= room % 2;
  content.parts.push_back({.alphabet = alphabet});
  for (std::size_t at = 0; at < content.whole.size();) {
    const std::size_t from = at;
    const char32_t character = next_character(content.whole, at);
    const std::string_view one = std::string_view{content.whole}.substr(from, at - from);
    put_cut(content.parts, character, alphabet == Alphabet::gsm7 ? to_septets(one) : to_utf16(one), room);
  }
  const auto total = static_cast<unsigned>(content.parts.size());
  for (unsigned i = 0; i < total; ++i)
    content.parts[i].header = concatenation(content.reference, wide_reference, total, i + 1);
  return content;
}

Content application_data(Random& random) {
  Bytes octets;
  while (octets.size() < 300) octets.u8(random.below(256));
  Content content = binary_content({});
  content.parts.clear();
  content.ports = Content::Ports{16000, 16001};
  content.reference = static_cast<std::uint16_t>(random.between(1, 0xff));
  constexpr std::size_t room = 128;  // beside a header of 12 octets
  constexpr unsigned total = 3;
  for (unsigned i = 0; i < total; ++i) {
    UserData data;
    data.alphabet = Alphabet::octets;
    data.header = concatenation(content.reference, false, total, i + 1);
    information_element(data.header, 0x05, {0x3e, 0x80, 0x3e, 0x81});
    data.octets.append(octets.span(i * room, std::min(room, octets.size() - i * room)));
    content.parts.push_back(std::move(data));
  }
  content.whole = hex(octets.span());
  return content;
}

void describe(Json& event, const Content& content, std::size_t index, bool completes) {
  event["pid"] = content.pid;
  event["dcs"] = content.dcs;
  describe_user_data(event, content, index, completes);
}

void describe_user_data(Json& event, const Content& content, std::size_t index, bool completes) {
  event["coding"] = content.coding;
  if (content.message_class) event["class"] = *content.message_class;
  const UserData& data = content.parts[index];
  if (!data.header.empty()) {
    Bytes udh;
    udh.u8(data.header.size());
    udh.append(data.header);
    event["udh"] = hex(udh.span());
  }
  if (content.ports && content.ports->destination)
    event["ports"]["destination"] = *content.ports->destination;
  if (content.ports && content.ports->source) event["ports"]["source"] = *content.ports->source;
  if (content.parts.size() > 1) {
    event["parts"] = {{"ref", content.reference}, {"total", content.parts.size()}, {"seq", index + 1}};
  }
  const bool binary = data.alphabet == Alphabet::octets;
  event[binary ? "data" : "text"] = binary ? hex(data.octets.span()) : data.text;
  if (completes && content.parts.size() > 1) event[binary ? "message_data" : "message_text"] = content.whole;
}

void describe_address(Json& event, std::string_view role, std::string_view value, unsigned ton,
                      unsigned npi) {
  static constexpr std::array<std::string_view, 8> types{"unknown",     "international", "national",
                                                         "network",     "subscriber",    "alphanumeric",
                                                         "abbreviated", "reserved"};
  event[std::string{role}] = {
      {"address", value}, {"type", types.at(std::min(ton, 7U))}, {"ton", ton}, {"npi", npi}};
}

std::string hex(std::span<const std::uint8_t> octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t octet : octets) {
    out += digits[octet >> 4U];
    out += digits[octet & 15U];
  }
  return out;
}

}  // namespace tollgate::traffic
