#pragma once

#include <cstddef>
#include <string_view>

namespace tollgate::rules {

inline bool is_ascii(std::string_view text) noexcept {
  for (const char c : text) {
    if (static_cast<signed char>(c) < 0) return false;
  }
  return true;
}

/// The character at `at`, which moves behind it. Precondition: at < text.size(). The text is valid UTF-8; of
/// other text, nothing beyond its end is read, and what is given is below 0x110000.
inline char32_t next_character(std::string_view text, std::size_t& at) noexcept {
  const auto octet = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t first = octet(at++);
  if (first < 0x80) return first;
  const unsigned more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t c = first & (0x3FU >> more);
  for (unsigned i = 0; i < more && at < text.size(); ++i, ++at) c = c << 6 | (octet(at) & 0x3FU);
  return c < 0x110000 ? c : 0xFFFD;
}

/// Where the character that ends at `at` begins. Precondition: 0 < at <= text.size().
inline std::size_t previous_character(std::string_view text, std::size_t at) noexcept {
  --at;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) --at;
  return at;
}

/// Writes the character, of up to four octets; gives how many.
inline std::size_t write_character(char32_t c, char* out) noexcept {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | (c >> shift & 0x3FU)); };
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    out[0] = static_cast<char>(0xC0U | c >> 6);
    out[1] = tail(0);
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xE0U | c >> 12);
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xF0U | c >> 18);
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

}  // namespace tollgate::rules
