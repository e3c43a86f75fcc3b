#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "traffic/bytes.hpp"

namespace tollgate::traffic {

/// National language identifiers of TS 23.038 6.2.1.2.4; 0 is the default alphabet.
constexpr unsigned last_language = 13;

/// The characters of a locking or single shift table (TS 23.038 annex A), by code; 0 where there is none.
/// `language` 0 is the default alphabet and its extension.
std::u32string_view locking_table(unsigned language);
std::u32string_view single_table(unsigned language);

/// Puts the septets of one character into `septets` (one, or ESC and one). False where the alphabet lacks it.
bool to_septets(Bytes& septets, char32_t character, unsigned locking, unsigned single);
/// All of `text`, which must be encodable; '?' stands for what is not.
Bytes to_septets(std::string_view text, unsigned locking = 0, unsigned single = 0);
/// How many septets `text` takes in the default alphabet; none where that lacks a character.
std::optional<std::size_t> septet_count(std::string_view text);

/// Packs septets (TS 23.038 6.1.2.1) after `fill_bits` zero bits.
void pack(Bytes& out, std::span<const std::uint8_t> septets, unsigned fill_bits = 0);

/// UTF-16, big-endian.
Bytes to_utf16(std::string_view text);

/// The character at `at`, which moves behind it.
char32_t next_character(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t character);

/// `text` in the character set that ICU knows as `charset`.
Bytes to_charset(std::string_view text, const char* charset);

}  // namespace tollgate::traffic
