#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <unicode/utf8.h>

namespace tollgate::rules {

inline bool is_ascii(std::string_view text) noexcept {
  for (const char c : text) {
    if (static_cast<signed char>(c) < 0) return false;
  }
  return true;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // in ICU's macros
/// The character at `at`, which moves behind it. Precondition: at < text.size(). Of what is not valid UTF-8,
/// the octet, which takes no more than two to write.
inline char32_t next_character(std::string_view text, std::size_t& at) noexcept {
  auto next = static_cast<std::int32_t>(at);
  UChar32 c = 0;
  U8_NEXT(text.data(), next, static_cast<std::int32_t>(text.size()), c);
  if (c < 0) return static_cast<unsigned char>(text[at++]);
  at = static_cast<std::size_t>(next);
  return static_cast<char32_t>(c);
}

/// How many octets from the beginning are UTF-8: all of them, or up to the first that is not.
inline std::size_t valid_octets(std::string_view text) noexcept {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t next = 0;
  while (next < size) {
    const std::int32_t at = next;
    UChar32 c = 0;
    U8_NEXT(text.data(), next, size, c);
    if (c < 0) return static_cast<std::size_t>(at);
  }
  return text.size();
}

/// Where the character that ends at `at` begins. Precondition: 0 < at <= text.size().
inline std::size_t previous_character(std::string_view text, std::size_t at) noexcept {
  auto previous = static_cast<std::int32_t>(at);
  U8_BACK_1(reinterpret_cast<const std::uint8_t*>(text.data()), 0, previous);
  return static_cast<std::size_t>(previous);
}

/// Writes the character, of up to four octets; gives how many.
inline std::size_t write_character(char32_t c, char* out) noexcept {
  std::size_t length = 0;
  U8_APPEND_UNSAFE(out, length, static_cast<std::uint32_t>(c));
  return length;
}
#pragma GCC diagnostic pop

}  // namespace tollgate::rules
