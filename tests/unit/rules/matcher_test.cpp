#include "rules/matcher.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace tollgate::rules;
using Spans = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Pattern phrase(std::string text) { return {Pattern::Kind::phrase, std::move(text), "", false}; }
Pattern regex(std::string text, std::string flags = "") {
  return {Pattern::Kind::regex, std::move(text), std::move(flags), false};
}

/// What a matcher of these patterns finds, by pattern.
std::map<std::uint32_t, Spans> scan(const Matcher& matcher, std::string_view text) {
  Scratch scratch;
  scratch.prepare_for(matcher);
  std::map<std::uint32_t, Spans> found;
  matcher.scan(text, scratch, [&](const Hit& hit) { found[hit.pattern].emplace_back(hit.from, hit.to); });
  return found;
}

std::map<std::uint32_t, Spans> find(const std::vector<Pattern>& patterns, std::string_view text) {
  const auto compiled = Matcher::compile(patterns);
  EXPECT_TRUE(compiled.refused.empty());
  return scan(*compiled.matcher, text);
}

bool stands_in(std::string phrase_text, std::string_view text) {
  return !find({phrase(std::move(phrase_text))}, text).empty();
}

TEST(Matcher, finds_a_phrase_wherever_it_stands_as_whole_words) {
  EXPECT_EQ(find({phrase("verify your identity")}, "verify your identity. verify your identity"),
            (std::map<std::uint32_t, Spans>{{0, {{0, 20}, {22, 42}}}}));
}

TEST(Matcher, does_not_find_a_phrase_inside_a_longer_word) {
  EXPECT_FALSE(stands_in("bank", "embankment banker bank1 4bank"));
  EXPECT_TRUE(stands_in("bank", "bank_holiday"));
  EXPECT_TRUE(stands_in("bank", "embank-bank"));
}

TEST(Matcher, takes_letters_digits_and_marks_of_every_script_as_parts_of_words) {
  EXPECT_FALSE(stands_in("caf", "caf\u00e9"));
  EXPECT_FALSE(stands_in("cafe", "cafe\u0301"));                                          // a combining acute
  EXPECT_FALSE(stands_in("\u0431\u0430\u043d\u043a", "\u0431\u0430\u043d\u043a\u0430"));  // банк, банка
  EXPECT_TRUE(stands_in("\u0431\u0430\u043d\u043a", "\u00ab\u0431\u0430\u043d\u043a\u00bb"));
  EXPECT_FALSE(stands_in("\u0915\u0930", "\u0915\u0930\u0947"));  // Devanagari कर, करे: a vowel sign
  EXPECT_FALSE(stands_in("x", "x\u0665"));                        // an Arabic digit
}

TEST(Matcher, takes_every_place_in_a_script_without_blanks_as_a_boundary) {
  EXPECT_TRUE(stands_in("\u94f6\u884c", "\u4e2d\u56fd\u94f6\u884c\u5361"));  // 银行 in 中国银行卡
  EXPECT_TRUE(stands_in("vip", "\u60a8\u7684vip\u5361"));
  EXPECT_TRUE(stands_in("\u30ab\u30fc\u30c9", "\u65b0\u30ab\u30fc\u30c9\u3092"));  // カード
  EXPECT_TRUE(stands_in("\u0e1a\u0e31\u0e0d\u0e0a\u0e35",
                        "\u0e40\u0e1b\u0e34\u0e14\u0e1a\u0e31\u0e0d\u0e0a\u0e35\u0e43"));
  EXPECT_TRUE(stands_in("\uacc4\uc815", "\uacc4\uc815\uc774"));  // 계정, with a particle
}

TEST(Matcher, asks_no_boundary_where_a_phrase_begins_or_ends_with_punctuation) {
  EXPECT_TRUE(stands_in("$100", "us$100 now"));
  EXPECT_TRUE(stands_in("only!", "only!now"));
  EXPECT_FALSE(stands_in("$100", "us$1000"));
}

TEST(Matcher, finds_characters_that_mean_something_in_a_regex_as_they_are_in_a_phrase) {
  EXPECT_TRUE(stands_in("a.b (c)*", "see a.b (c)* there"));
  EXPECT_FALSE(stands_in("a.b", "axb"));
}

TEST(Matcher, reads_the_flags_of_a_pattern) {
  EXPECT_TRUE(find({regex("win")}, "WIN").empty());
  EXPECT_FALSE(find({regex("win", "i")}, "WIN").empty());
  EXPECT_TRUE(find({regex("a.b")}, "a\nb").empty());
  EXPECT_FALSE(find({regex("a.b", "s")}, "a\nb").empty());
  EXPECT_TRUE(find({regex("^b")}, "a\nb").empty());
  EXPECT_FALSE(find({regex("^b", "m")}, "a\nb").empty());
  EXPECT_TRUE(find({regex("^\\w+$")}, "\u0434\u0430").empty());
  EXPECT_FALSE(find({regex("^\\w+$", "u")}, "\u0434\u0430").empty());
  EXPECT_FALSE(find({{Pattern::Kind::phrase, "win", "i", false}}, "WIN it").empty());
}

TEST(Matcher, counts_characters_not_octets) {
  EXPECT_FALSE(find({regex("^.{3}$")}, "\u00e9\u4e2d\u20ac").empty());
  EXPECT_TRUE(find({regex("^.{8}$")}, "\u00e9\u4e2d\u20ac").empty());
  EXPECT_FALSE(find({regex("a[^b]c")}, "a\u00e9c").empty());
}

TEST(Matcher, tells_where_a_regex_begins_only_where_that_was_asked_for) {
  std::vector<Pattern> patterns = {regex("l[ou]+k"), regex("l[ou]+k")};
  patterns[1].spans = true;
  const auto found = find(patterns, "a look, a luk");
  ASSERT_EQ(found.at(0).size(), 1U);
  EXPECT_EQ(found.at(0)[0].first, 0U);
  EXPECT_EQ(found.at(1), (Spans{{2, 6}, {10, 13}}));
}

TEST(Matcher, finds_nothing_in_an_empty_text_and_without_patterns) {
  EXPECT_TRUE(find({}, "text").empty());
  EXPECT_TRUE(find({phrase("x"), regex("x")}, "").empty());
  EXPECT_TRUE(find({phrase("x")}, std::string_view{}).empty());
}

TEST(Matcher, refuses_single_patterns_in_hyperscans_words_and_compiles_the_rest) {
  const std::vector<Pattern> patterns = {regex("a(b"), regex("good"),      regex("(a)\\1"), phrase(""),
                                         regex("x*"),  regex("x", "g"),    regex("[z-a]"),  phrase("good"),
                                         phrase("x"),  regex("\\bx", "u"), regex("last")};
  const auto [matcher, refused] = Matcher::compile(patterns);
  std::vector<std::uint32_t> places;
  for (const Refusal& refusal : refused) {
    places.push_back(refusal.pattern);
    EXPECT_FALSE(refusal.reason.empty());
  }
  EXPECT_EQ(places, (std::vector<std::uint32_t>{0, 2, 3, 4, 5, 6, 9}));
  EXPECT_EQ(refused[0].reason, "Missing close parenthesis for group started at index 1.");
  EXPECT_EQ(refused[4].reason, "unknown flag in `g`; flags are i, m, s and u");
  const auto found = scan(*matcher, "good at last");
  EXPECT_TRUE(found.contains(1) && found.contains(7) && found.contains(10));
  EXPECT_EQ(matcher->statistics().regexes, 2U);
  EXPECT_EQ(matcher->statistics().phrases, 2U);
}

TEST(Matcher, gives_each_worker_a_scratch_for_all_matchers) {
  const auto one = Matcher::compile(std::vector{phrase("one"), regex("o.e")}).matcher;
  const auto two = Matcher::compile(std::vector{regex("t[a-z]{1,40}o")}).matcher;
  Scratch first;
  first.prepare_for(*one);
  first.prepare_for(*two);
  Scratch second = first.clone();
  EXPECT_EQ(first.octets(), second.octets());
  std::size_t hits = 0;
  for (const auto& matcher : {one, two}) {
    matcher->scan("one two", second, [&](const Hit&) { ++hits; });
  }
  EXPECT_EQ(hits, 3U);
}

class MatcherCache : public testing::Test {
 protected:
  MatcherCache() {
    folder = std::filesystem::path(testing::TempDir()) /
             testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
  }
  ~MatcherCache() override { std::filesystem::remove_all(folder); }

  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) all.push_back(entry.path());
    return all;
  }
  /// Compiles them; says whether they came from the cache, having looked whether they work.
  bool comes_from_cache() const {
    const auto [matcher, refused] = Matcher::compile(patterns, folder);
    EXPECT_EQ(scan(*matcher, "free prize, click now").size(), 2U);
    EXPECT_EQ(matcher->statistics().phrases, 1U);
    return matcher->statistics().from_cache;
  }

  std::filesystem::path folder;
  std::vector<Pattern> patterns = {phrase("prize"), regex("cl[i1]ck")};
};

TEST_F(MatcherCache, keeps_what_was_compiled) {
  EXPECT_FALSE(comes_from_cache());
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(comes_from_cache());
}

TEST_F(MatcherCache, knows_patterns_by_kind_flags_and_content) {
  EXPECT_FALSE(comes_from_cache());
  patterns[1].flags = "i";
  EXPECT_FALSE(comes_from_cache());
  patterns[1].spans = true;
  EXPECT_FALSE(comes_from_cache());
  patterns[1].expression = "click";
  EXPECT_FALSE(comes_from_cache());
  EXPECT_EQ(files().size(), 4U);
  EXPECT_TRUE(comes_from_cache());
}

TEST_F(MatcherCache, does_not_keep_a_set_with_refusals) {
  patterns.push_back(regex("("));
  EXPECT_FALSE(comes_from_cache());
  EXPECT_FALSE(std::filesystem::exists(folder) && !files().empty());
}

TEST_F(MatcherCache, compiles_anew_over_a_damaged_file) {
  EXPECT_FALSE(comes_from_cache());
  const auto file = files().at(0);
  const auto octets = std::filesystem::file_size(file);
  for (const std::uintmax_t place :
       {std::uintmax_t{0}, std::uintmax_t{12}, std::uintmax_t{50}, octets / 2, octets - 1}) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(place));
    const int before = stream.get();
    stream.seekp(static_cast<std::streamoff>(place));
    stream.put(static_cast<char>(before ^ 0x10));
    stream.close();
    EXPECT_FALSE(comes_from_cache()) << "octet " << place;
    EXPECT_TRUE(comes_from_cache());
  }
  for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{63}, octets - 1}) {
    std::filesystem::resize_file(file, size);
    EXPECT_FALSE(comes_from_cache()) << size << " octets";
    EXPECT_TRUE(comes_from_cache());
  }
}

TEST_F(MatcherCache, does_without_a_folder_that_cannot_be_written) {
  std::ofstream(folder) << "a file, not a folder";
  EXPECT_FALSE(comes_from_cache());
  EXPECT_FALSE(comes_from_cache());
}

}  // namespace
