#include "rules/regex_characters.hpp"

#include <gtest/gtest.h>

namespace {

using tollgate::rules::needs_characters;

bool needs(std::string_view regex) { return needs_characters(regex, false, false); }

TEST(RegexCharacters, needs_none_for_ascii) {
  for (const char* regex :
       {"win", "cl[i1]ck", "^\\d{4,6}$", "(a|b)+c?", "\\bfree\\b", "https?://[a-z0-9.-]{1,30}/", "\\$\\d+",
        "[]a]", "[\\w.]+", "\\x41", "a{2}", "(?:x|y)*"}) {
    EXPECT_FALSE(needs(regex)) << regex;
  }
}

TEST(RegexCharacters, needs_them_to_count) {
  for (const char* regex : {".", "a.b", "a.?b", "a.{0,20}b", "[^a]", "a[^b]{2}", "\\D", "a\\Wb", "\\S?"}) {
    EXPECT_TRUE(needs(regex)) << regex;
  }
}

TEST(RegexCharacters, needs_none_where_any_number_will_do) {
  for (const char* regex : {"a.*b", "a.+b", "https?://\\S+", "[^ ]*x", "\\S+@\\S+", "(a.*b){2}", "a.+?b",
                            "a.+b|c.+d", "a.{0,}b"}) {
    EXPECT_FALSE(needs(regex)) << regex;
  }
}

TEST(RegexCharacters, needs_them_where_two_could_share_a_character) {
  for (const char* regex : {".+.+", "\\S+\\W+", "(.+){2}", ".+a*.+", ".+(a|b).+", ".+a?.+"}) {
    EXPECT_TRUE(needs(regex)) << regex;
  }
}

TEST(RegexCharacters, needs_none_for_a_character_that_is_not_repeated) {
  EXPECT_FALSE(needs("caf\u00e9 (\u0434\u0430|\u4e2d)"));
  EXPECT_TRUE(needs("caf\u00e9?"));
  EXPECT_TRUE(needs("caf\u00e9{2}"));
  EXPECT_TRUE(needs("[\u00e9e]"));
  EXPECT_TRUE(needs_characters("caf\u00e9", true, false));
}

TEST(RegexCharacters, needs_them_for_what_it_does_not_know) {
  for (const char* regex : {"\\x{e9}", "\\xe9", "\\p{L}", "\\pL", "\\Qa.b\\E", "(?i)x", "(*UTF8)x", "\\R",
                            "\\B", "\\X", "[[:^alpha:]]", "[[:alpha:]]", "[a", "\\", "\\o{351}", "\\1"}) {
    EXPECT_TRUE(needs(regex)) << regex;
  }
}

TEST(RegexCharacters, needs_them_to_tell_where_a_match_ends) {
  EXPECT_TRUE(needs_characters("a.*", false, true));
  EXPECT_FALSE(needs_characters("ab+", false, true));
}

}  // namespace
