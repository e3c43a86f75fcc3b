#include "decode/digit_pairs.hpp"

#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace tollgate::decode {
namespace {

constexpr DigitPairs tbcd = digit_pairs("0123456789*#abc");

/// Digits packed one by one, as TS 29.002 has a TBCD-STRING: the second of an octet in its upper half.
std::string packed(std::string_view digits) {
  std::string octets;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto code = [&](std::size_t at) {
      return at < digits.size() ? std::string_view{"0123456789*#abc"}.find(digits[at]) : std::size_t{15};
    };
    octets.push_back(static_cast<char>(code(i) | code(i + 1) << 4U));
  }
  return octets;
}

std::string written(std::string_view octets, std::size_t count, std::size_t room) {
  std::array<char, 64> out{};
  return {out.data(), write_digits(as_octets(octets), count, tbcd, std::span{out}.first(room))};
}

TEST(DigitPairs, writes_numbers_of_every_length) {
  const std::string digits = "90817263544536271809908172635445";
  for (std::size_t length = 0; length <= digits.size(); ++length) {
    const std::string number = digits.substr(0, length);
    for (const std::size_t room : {std::size_t{64}, length}) {
      EXPECT_EQ(written(packed(number), length, room), number);
      EXPECT_EQ(written(packed(number), (length + 1) / 2 * 2, room), number) << "ended by the filler";
    }
    if (length == 0) continue;
    EXPECT_EQ(written(packed(number), length, length - 1), number.substr(0, length - 1));
  }
}

TEST(DigitPairs, writes_what_is_no_decimal_digit_wherever_it_stands) {
  for (std::size_t at = 0; at < 16; ++at) {
    for (const char c : {'*', '#', 'a', 'b', 'c'}) {
      std::string number = "4477009001230987";
      number[at] = c;
      EXPECT_EQ(written(packed(number), 16, 64), number);
    }
  }
}

TEST(DigitPairs, ends_at_the_first_filler) {
  for (std::size_t at = 0; at < 16; ++at) {
    const std::string number = "4477009001230987";
    std::string octets = packed(number);
    octets[at / 2] =
        static_cast<char>(static_cast<unsigned char>(octets[at / 2]) | (at % 2 == 0 ? 0x0f : 0xf0));
    EXPECT_EQ(written(octets, 16, 64), number.substr(0, at)) << at;
  }
}

}  // namespace
}  // namespace tollgate::decode
