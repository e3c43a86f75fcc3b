#include "rules/regex_literal.hpp"

#include <gtest/gtest.h>

namespace tollgate::rules {
namespace {

std::size_t literal(std::string_view regex) { return shape_of(regex).literal; }

TEST(RegexLiteral, counts_the_characters_side_by_side_that_every_match_contains) {
  EXPECT_EQ(literal("free money"), 10U);
  EXPECT_EQ(literal(R"(\b(account|card)\b.{0,40}\blocked\b)"), 6U);
  EXPECT_EQ(literal("(ab|c)d"), 1U) << "one of the alternatives is short";
  EXPECT_EQ(literal(".*a.{100,}b.*"), 1U);
  EXPECT_EQ(literal("."), 0U);
  EXPECT_EQ(literal("[a-z]+ [0-9]{4,6}"), 1U);
  EXPECT_EQ(literal("abc?d"), 2U);
  EXPECT_EQ(literal("ab+c"), 2U);
  EXPECT_EQ(literal("(abc)?d"), 1U);
  EXPECT_EQ(literal("(abc){2}d"), 3U);
  EXPECT_EQ(literal("a{0,3}bc{0}"), 1U);
  EXPECT_EQ(literal(R"(a\.b\/c)"), 5U);
  EXPECT_EQ(literal("[]ab]c[^]]d"), 1U);
  EXPECT_EQ(literal("abc|"), 0U);
  EXPECT_EQ(literal("код"), 3U);
}

TEST(RegexLiteral, calls_slow_what_repeats_often_with_nothing_to_find_it_by) {
  EXPECT_TRUE(shape_of(".*a.{100,}b.*").is_slow());
  EXPECT_TRUE(shape_of("[aeiou][^x]{20,60}[qz]").is_slow());
  EXPECT_FALSE(shape_of("account.{0,40}locked").is_slow());
  EXPECT_FALSE(shape_of("[$] ?[0-9]{3,9}").is_slow());
  EXPECT_FALSE(shape_of("(?i).{100}").is_slow()) << "not understood";
}

TEST(RegexLiteral, says_nothing_of_what_it_does_not_understand) {
  for (const std::string_view regex : {"(?i)a", "(*UCP)a", R"(\x41)", "(a", "a)", "[a", R"(a\)", R"(\p{L})"})
    EXPECT_GT(literal(regex), 1000U) << regex;
}

}  // namespace
}  // namespace tollgate::rules
