#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "charge/name_of.hpp"

namespace tollgate::charge {
namespace {

constexpr std::array<std::uint64_t, 24> secret = [] {
  std::array<std::uint64_t, 24> made{};
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = (i + 1) * 0x9E37'79B9'7F4A'7C15;
  return made;
}();

std::string in_small_letters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// All texts of two letters up to 17, so that every way to read one is taken.
TEST(Name, other_texts_have_other_names) {
  std::set<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>> names;
  std::size_t texts = 0;
  for (std::size_t size = 0; size <= Name::most_octets + 1; ++size) {
    std::string text(size, 'a');
    for (std::uint32_t bits = 0; bits < 1U << size; ++bits) {
      for (std::size_t i = 0; i < size; ++i) text[i] = (bits >> i & 1U) != 0 ? 'b' : 'a';
      const Name name = name_of(text, secret);
      names.insert({name.begin, name.end, name.size});
      ++texts;
    }
  }
  EXPECT_EQ(names.size(), texts);
}

TEST(Name, a_text_has_one_name_wherever_it_stands) {
  const std::string_view text = "The shop and bank of ACME";
  const std::string elsewhere = "x" + std::string(text);
  for (std::size_t size = 0; size <= text.size(); ++size)
    EXPECT_EQ(name_of(text.substr(0, size), secret),
              name_of(std::string_view(elsewhere).substr(1, size), secret));
}

/// Octets of all values, also beside letters: `@` and `[`, and those of UTF-8.
TEST(Name, the_name_in_small_letters_is_that_of_the_text_in_small_letters) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts each time
  for (int octet = 0; octet < 256; ++octet) {
    for (std::size_t size = 1; size <= 64; ++size) {
      std::string text(size, static_cast<char>(octet));
      text[random() % size] = static_cast<char>(random());
      EXPECT_EQ(small_name_of(text, secret), name_of(in_small_letters(text), secret)) << text;
    }
  }
}

TEST(Name, of_a_long_text_who_does_not_know_the_secret_cannot_tell_the_name) {
  std::array<std::uint64_t, 24> other = secret;
  other[0] ^= 1U;
  other[7] ^= 1U;
  for (const std::string& text : {std::string(17, 'a'), std::string(40, 'a')})
    EXPECT_NE(name_of(text, secret), name_of(text, other));
}

}  // namespace
}  // namespace tollgate::charge
