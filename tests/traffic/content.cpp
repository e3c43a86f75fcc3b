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
    Bytes own;
    if (wide_reference) {
      information_element(own, 0x08, {ref >> 8U, ref & 0xffU, total, i + 1});
    } else {
      information_element(own, 0x00, {ref, total, i + 1});
    }
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
  if (content.ports)
    event["ports"] = {{"destination", content.ports->first}, {"source", content.ports->second}};
  if (content.parts.size() > 1) {
    event["parts"] = {{"ref", content.reference}, {"total", content.parts.size()}, {"seq", index + 1}};
  }
  if (data.alphabet == Alphabet::octets) {
    event["data"] = hex(data.octets.span());
    return;
  }
  event["text"] = data.text;
  if (completes && content.parts.size() > 1) event["message_text"] = content.whole;
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
