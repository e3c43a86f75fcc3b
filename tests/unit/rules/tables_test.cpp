#include <random>
#include <set>
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include "rules/digit_table.hpp"
#include "rules/text_table.hpp"

namespace {

using namespace tollgate::rules;

std::string some_digits(std::mt19937& random, std::size_t most) {
  std::string digits(1 + random() % most, '0');
  for (char& c : digits) c = static_cast<char>('0' + random() % 3);
  return digits;
}

TEST(DigitTable, finds_what_a_map_finds) {
  std::mt19937 random(1);
  for (const bool with_values : {false, true}) {
    DigitTable table;
    std::unordered_map<std::string, std::uint32_t> map;
    for (int i = 0; i < 20'000; ++i) {
      const std::string digits = some_digits(random, 10);
      const auto value = static_cast<std::uint32_t>(with_values ? random() % 1000 : 0);
      EXPECT_EQ(table.insert(*DigitTable::pack(digits), value), map.emplace(digits, value).second);
    }
    EXPECT_EQ(table.size(), map.size());
    for (int i = 0; i < 20'000; ++i) {
      const std::string digits = some_digits(random, 12);
      const auto found = map.find(digits);
      EXPECT_EQ(table.find(digits), found == map.end() ? std::nullopt : std::optional(found->second));
      std::vector<std::uint32_t> prefixes;
      table.find_prefix(digits, [&](std::uint32_t value) {
        prefixes.push_back(value);
        return false;
      });
      std::vector<std::uint32_t> expected;
      for (std::size_t n = digits.size(); n > 0; --n) {
        if (const auto at = map.find(digits.substr(0, n)); at != map.end()) expected.push_back(at->second);
      }
      ASSERT_EQ(prefixes, expected);
    }
  }
}

TEST(DigitTable, takes_the_memory_that_it_states) {
  DigitTable table(1'000'000);
  for (std::uint64_t i = 0; i < 1'000'000; ++i)
    table.insert(*DigitTable::pack(std::to_string(447'700'000'000 + i)), 0);
  EXPECT_NEAR(static_cast<double>(table.octets()) / 1e6, 11.4, 0.1);
}

TEST(TextTable, finds_what_a_map_finds) {
  std::mt19937 random(2);
  for (const bool with_values : {false, true}) {
    TextTable table;
    std::unordered_map<std::string, std::uint16_t> map;
    for (int i = 0; i < 20'000; ++i) {
      const std::string text = some_digits(random, 9);
      const auto value = static_cast<std::uint16_t>(with_values ? random() % 1000 : 0);
      EXPECT_EQ(table.insert(text, value), map.emplace(text, value).second);
    }
    for (int i = 0; i < 20'000; ++i) {
      const std::string text = some_digits(random, 9);
      const auto found = map.find(text);
      EXPECT_EQ(table.find(text), found == map.end() ? std::nullopt : std::optional(found->second));
    }
  }
}

TEST(TextTable, takes_texts_of_up_to_255_octets) {
  TextTable table;
  const std::string longest(255, 'x');
  EXPECT_TRUE(table.insert(longest, 7));
  EXPECT_EQ(table.find(longest), 7);
  EXPECT_EQ(table.find(longest + 'x'), std::nullopt);
  EXPECT_EQ(table.find(""), std::nullopt);
}

}  // namespace
