#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
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

/// The halves of eight octets (the first in the lowest bits), each in an octet of its own: those of the first
/// four octets, then those of the others.
inline std::array<std::uint64_t, 2> spread_halves(std::uint64_t octets) {
  const auto spread = [](std::uint64_t four) {
    four = (four | four << 16U) & 0x0000ffff0000ffffU;
    four = (four | four << 8U) & 0x00ff00ff00ff00ffU;
    return (four | four << 4U) & 0x0f0f0f0f0f0f0f0fU;
  };
  return {spread(octets & 0xffffffffU), spread(octets >> 32U)};
}

/// As write_digits, for what nearly every number is: 7 to 16 digits 0 to 9. Nothing where it is not that.
inline std::optional<std::size_t> write_usual_digits(Octets octets, std::size_t count, std::span<char> out) {
  if constexpr (std::endian::native != std::endian::little) return std::nullopt;
  const std::size_t size = (count + 1) / 2;
  if (size < 4 || size > 8 || out.size() < 16) return std::nullopt;
  std::uint32_t front = 0;
  std::uint32_t back = 0;  // overlaps where there are fewer than eight octets
  std::memcpy(&front, octets.data(), 4);
  std::memcpy(&back, octets.data() + size - 4, 4);
  const std::array<std::uint64_t, 2> halves = spread_halves(front | std::uint64_t{back} << 8U * (size - 4));
  // Adding 0x76 to a half carries into bit 7 where it is not a digit.
  constexpr std::uint64_t beyond_nine = 0x7676767676767676U;
  constexpr std::uint64_t top_bits = 0x8080808080808080U;
  const auto usual = [](std::uint64_t eight) {
    return static_cast<std::size_t>(std::countr_zero((eight + beyond_nine) & top_bits)) / 8;
  };
  std::size_t digits = usual(halves[0]);
  if (digits == 8) digits += usual(halves[1]);
  if (digits < count) return std::nullopt;
  constexpr std::uint64_t zeros = 0x3030303030303030U;  // the character
  const std::array<std::uint64_t, 2> characters{halves[0] | zeros, halves[1] | zeros};
  std::memcpy(out.data(), characters.data(), 16);
  return count;
}

/// Writes the first `count` digits, or as many as there are before a filler and as fit. Gives their number.
/// What stands in `out` behind them may be overwritten as well.
inline std::size_t write_digits(Octets octets, std::size_t count, const DigitPairs& pairs,
                                std::span<char> out) {
  count = std::min({count, octets.size() * 2, out.size()});
  // An odd number of digits ends with a filler where its length does not say so.
  if (count != 0 && count == octets.size() * 2 && pairs[0xff].length == 0 &&
      std::to_integer<unsigned>(octets.back()) >> 4U == 15)
    --count;
  if (const auto written = write_usual_digits(octets, count, out)) return *written;
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
