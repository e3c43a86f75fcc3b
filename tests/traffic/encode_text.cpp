#include "traffic/encode_text.hpp"

#include <array>
#include <memory>
#include <vector>

#include <unicode/ucnv.h>

#include "traffic/capture.hpp"

namespace tollgate::traffic {
namespace {

constexpr std::uint8_t escape = 0x1b;
constexpr std::uint8_t absent = 0xff;
constexpr std::size_t characters = 0x221f;  // no table has a character above the sign for infinity

/// From character to code, for one table.
using Codes = std::array<std::uint8_t, characters>;

Codes invert(std::u32string_view table) {
  Codes codes;
  codes.fill(absent);
  for (std::size_t code = table.size(); code-- > 0;) {
    if (table[code] != 0 && code != escape) codes.at(table[code]) = static_cast<std::uint8_t>(code);
  }
  return codes;
}

struct Alphabets {
  std::vector<Codes> locking;
  std::vector<Codes> single;

  Alphabets() {
    for (unsigned language = 0; language <= last_language; ++language) {
      locking.push_back(invert(locking_table(language)));
      single.push_back(invert(single_table(language)));
    }
  }
};

const Alphabets& alphabets() {
  static const Alphabets made;
  return made;
}

}  // namespace

bool to_septets(Bytes& septets, char32_t character, unsigned locking, unsigned single) {
  if (character >= characters) return false;
  const Alphabets& all = alphabets();
  const std::uint8_t code = all.locking[locking][character];
  if (code != absent) {
    septets.u8(code);
    return true;
  }
  const std::uint8_t shifted = all.single[single][character];
  if (shifted == absent) return false;
  septets.u8(escape);
  septets.u8(shifted);
  return true;
}

Bytes to_septets(std::string_view text, unsigned locking, unsigned single) {
  Bytes septets;
  septets.reserve(text.size() + 8);
  for (std::size_t at = 0; at < text.size();) {
    if (!to_septets(septets, next_character(text, at), locking, single)) septets.u8('?');
  }
  return septets;
}

std::optional<std::size_t> septet_count(std::string_view text) {
  const Codes& locking = alphabets().locking[0];
  const Codes& single = alphabets().single[0];
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_character(text, at);
    if (character >= characters) return std::nullopt;
    if (locking[character] != absent) {
      ++count;
    } else if (single[character] != absent) {
      count += 2;
    } else {
      return std::nullopt;
    }
  }
  return count;
}

void pack(Bytes& out, std::span<const std::uint8_t> septets, unsigned fill_bits) {
  unsigned pending = 0;
  unsigned bits = fill_bits;
  for (const std::uint8_t septet : septets) {
    pending |= static_cast<unsigned>(septet) << bits;
    bits += 7;
    if (bits >= 8) {
      out.u8(pending);
      pending >>= 8U;
      bits -= 8;
    }
  }
  if (bits > 0) out.u8(pending);
}

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const char32_t first = octet(at++);
  if (first < 0x80) return first;
  const unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  char32_t character = first & (0x3fU >> more);
  for (unsigned i = 0; i < more && at < text.size(); ++i) character = character << 6U | (octet(at++) & 0x3fU);
  return character;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6U);
    put(0x80 | (c & 0x3fU));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12U);
    put(0x80 | (c >> 6U & 0x3fU));
    put(0x80 | (c & 0x3fU));
  } else {
    put(0xf0 | c >> 18U);
    put(0x80 | (c >> 12U & 0x3fU));
    put(0x80 | (c >> 6U & 0x3fU));
    put(0x80 | (c & 0x3fU));
  }
}

Bytes to_utf16(std::string_view text) {
  Bytes out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c >= 0x10000) {
      out.u16(0xd800 + ((c - 0x10000) >> 10U));
      out.u16(0xdc00 + ((c - 0x10000) & 0x3ffU));
    } else {
      out.u16(c);
    }
  }
  return out;
}

Bytes to_charset(std::string_view text, const char* charset) {
  UErrorCode status = U_ZERO_ERROR;
  std::array<char, 1024> room{};
  const int32_t length = ucnv_convert(charset, "UTF-8", room.data(), static_cast<int32_t>(room.size()),
                                      text.data(), static_cast<int32_t>(text.size()), &status);
  if (U_FAILURE(status)) throw Failure(std::string{"ICU cannot write "} + charset);
  Bytes out;
  out.text({room.data(), static_cast<std::size_t>(length)});
  return out;
}

}  // namespace tollgate::traffic
