#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "decode/octets.hpp"

namespace tollgate::test {

/// Octets from hex digits; blanks are skipped, anything else throws.
inline std::vector<std::byte> hex(std::string_view digits) {
  std::vector<std::byte> octets;
  int high = -1;
  for (const char c : digits) {
    int nibble = 0;
    if (c >= '0' && c <= '9') nibble = c - '0';
    else if (c >= 'a' && c <= 'f') nibble = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F') nibble = c - 'A' + 10;
    else if (c == ' ' || c == '\n') continue;
    else throw std::invalid_argument("not a hex digit: " + std::string(digits));
    if (high < 0) {
      high = nibble;
    } else {
      octets.push_back(static_cast<std::byte>(high * 16 + nibble));
      high = -1;
    }
  }
  if (high >= 0) throw std::invalid_argument("odd number of hex digits: " + std::string(digits));
  return octets;
}

inline std::string to_hex(Octets octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte octet : octets) {
    text += digits[std::to_integer<std::size_t>(octet) >> 4U];
    text += digits[std::to_integer<std::size_t>(octet) & 15U];
  }
  return text;
}

}  // namespace tollgate::test
