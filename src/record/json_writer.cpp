#include "record/json_writer.hpp"

#include <cstddef>
#include <cstdint>

namespace tollgate::record {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool stands_for_itself(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/// Octets of the UTF-8 sequence that `text` begins with; 0 where it is none (Unicode 15.0, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  std::size_t length = 0;
  unsigned char low = 0x80;  // bounds of the second octet
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length || at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += hex_digits[c >> 4U];
  out += hex_digits[c & 15U];
}

}  // namespace

void JsonWriter::string(std::string_view value) {
  out_ += '"';
  std::size_t from = 0;  // what stands before `at` and is not yet appended
  std::size_t at = 0;
  const auto flush = [&] { out_.append(value, from, at - from); };
  while (at < value.size()) {
    const auto c = static_cast<unsigned char>(value[at]);
    if (stands_for_itself(c)) {
      ++at;
      continue;
    }
    if (c >= 0x80) {
      const std::size_t length = sequence_length(value.substr(at));
      if (length != 0) {
        at += length;
        continue;
      }
    }
    flush();
    if (c >= 0x80) out_ += replacement;
    else append_escaped(out_, c);
    from = ++at;
  }
  flush();
  out_ += '"';
}

void JsonWriter::hex_string(Octets value) {
  out_ += '"';
  for (const std::byte octet : value) {
    const auto number = std::to_integer<std::uint8_t>(octet);
    out_ += hex_digits[number >> 4U];
    out_ += hex_digits[number & 15U];
  }
  out_ += '"';
}

}  // namespace tollgate::record
