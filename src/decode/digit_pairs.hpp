#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "decode/octets.hpp"

namespace tollgate::decode {

// Digits stand two an octet, the low half first, in global titles, TBCD-STRINGs and SMS addresses:
//
//     +---------+---------+
//     | digit 2 | digit 1 |
//     +---------+---------+

/// What the two halves of an octet are as characters.
struct alignas(4) DigitPair {
  std::array<char, 2> digits{};
  std::uint8_t length = 0;  ///< less than 2 where a half is a filler, which ends the number
};
using DigitPairs = std::array<DigitPair, 256>;

/// `characters` by the value of a half octet; values beyond are fillers.
constexpr DigitPairs digit_pairs(std::string_view characters) {
  DigitPairs pairs{};
  for (std::size_t octet = 0; octet < pairs.size(); ++octet) {
    for (const std::size_t half : {octet % 16, octet / 16}) {
      if (half >= characters.size()) break;
      pairs[octet].digits[pairs[octet].length++] = characters[half];
    }
  }
  return pairs;
}

/// Writes the first `count` digits, or as many as there are before a filler and as fit. Gives their number.
inline std::size_t write_digits(Octets octets, std::size_t count, const DigitPairs& pairs,
                                std::span<char> out) {
  count = std::min({count, octets.size() * 2, out.size()});
  const std::byte* octet = octets.data();
  char* at = out.data();
  for (const char* const end = at + count / 2 * 2; at != end; at += 2, ++octet) {
    const DigitPair& pair = pairs[std::to_integer<std::size_t>(*octet)];
    std::memcpy(at, pair.digits.data(), 2);
    if (pair.length != 2) return static_cast<std::size_t>(at - out.data()) + pair.length;
  }
  if (count % 2 == 0) return count;
  const DigitPair& last = pairs[std::to_integer<std::size_t>(*octet)];
  if (last.length == 0) return count - 1;
  *at = last.digits[0];
  return count;
}

}  // namespace tollgate::decode
