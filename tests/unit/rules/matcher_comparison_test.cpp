// What the matcher finds, compared with a slow and plain evaluator: PCRE2 in UTF mode for one regex after the
// other, and for phrases a search at each place.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pcre2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "rules/matcher.hpp"
#include "support/shared.hpp"

namespace {

using namespace tollgate::rules;

bool is_word_character(UChar32 c) {
  if (!u_isalnum(c) && u_charType(c) != U_NON_SPACING_MARK && u_charType(c) != U_COMBINING_SPACING_MARK)
    return false;
  for (const UScriptCode script : {USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HANGUL,
                                   USCRIPT_THAI, USCRIPT_LAO, USCRIPT_KHMER, USCRIPT_MYANMAR}) {
    if (uscript_hasScript(c, script)) return false;  // also signs that several scripts share
  }
  return true;
}

bool plain_search(const Pattern& pattern, const std::string& text) {
  const auto wanted = icu::UnicodeString::fromUTF8(pattern.expression);
  const auto whole = icu::UnicodeString::fromUTF8(text);
  for (std::int32_t at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + 1)) {
    const std::int32_t end = at + wanted.length();
    const bool goes_on_before =
        at > 0 && is_word_character(whole.char32At(at - 1)) && is_word_character(wanted.char32At(0));
    const bool goes_on_after = end < whole.length() && is_word_character(whole.char32At(end)) &&
                               is_word_character(wanted.char32At(wanted.length() - 1));
    if (!goes_on_before && !goes_on_after) return true;
  }
  return false;
}

class Pcre {
 public:
  explicit Pcre(const Pattern& pattern) {
    std::uint32_t options = PCRE2_UTF;
    for (const char c : pattern.flags) {
      options |= c == 'i' ? PCRE2_CASELESS : c == 's' ? PCRE2_DOTALL : c == 'm' ? PCRE2_MULTILINE : PCRE2_UCP;
    }
    int error = 0;
    PCRE2_SIZE at = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.expression.data()),
                              pattern.expression.size(), options, &error, &at, nullptr));
    if (code_) match_.reset(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
  }
  bool compiled() const { return code_ != nullptr; }
  bool matches(const std::string& text) const {
    return pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                       match_.get(), nullptr) >= 0;
  }

 private:
  struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  };
  std::unique_ptr<pcre2_code, Free> code_;
  std::unique_ptr<pcre2_match_data, Free> match_;
};

/// Scans each text for all patterns at once; gives how many patterns matched.
std::size_t compare(const std::vector<Pattern>& patterns, const std::vector<std::string>& texts) {
  const auto [matcher, refused] = Matcher::compile(patterns);
  std::set<std::uint32_t> left_out;
  for (const Refusal& refusal : refused) left_out.insert(refusal.pattern);
  std::vector<Pcre> regexes;
  regexes.reserve(patterns.size());
  for (const Pattern& pattern : patterns) regexes.emplace_back(pattern);
  Scratch scratch;
  scratch.prepare_for(*matcher);
  std::size_t matches = 0;
  for (const std::string& text : texts) {
    std::vector<bool> found(patterns.size());
    matcher->scan(text, scratch, [&](const Hit& hit) { found[hit.pattern] = true; });
    for (std::uint32_t id = 0; id < patterns.size(); ++id) {
      if (left_out.contains(id)) continue;
      const Pattern& pattern = patterns[id];
      const bool phrase = pattern.kind == Pattern::Kind::phrase;
      EXPECT_TRUE(phrase || regexes[id].compiled()) << pattern.expression;
      const bool expected = phrase ? plain_search(pattern, text) : regexes[id].matches(text);
      EXPECT_EQ(found[id], expected) << (phrase ? "phrase `" : "regex `") << pattern.expression << "` flags `"
                                     << pattern.flags << "` text `" << text << '`';
      if (found[id]) ++matches;
    }
  }
  return matches;
}

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string text() {
    std::string text;
    for (std::size_t i = below(14); i > 0; --i) text += one_of(characters_);
    return text;
  }
  std::string phrase() {
    std::string text;
    for (std::size_t i = 1 + below(3); i > 0; --i) text += one_of(characters_);
    return text;
  }
  std::string regex(unsigned depth = 0) {
    std::string regex = depth == 0 && below(6) == 0 ? "^" : "";
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      if (depth < 2 && below(6) == 0) {
        regex += "(" + this->regex(depth + 1) + (below(2) == 0 ? "|" + this->regex(depth + 1) : "") + ")";
      } else {
        regex += one_of(atoms_);
      }
      if (below(3) == 0) regex += one_of(repetitions_);
    }
    return regex + (depth == 0 && below(6) == 0 ? "$" : "");
  }
  std::string flags() { return one_of({"", "", "s", "m"}); }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string one_of(const std::vector<std::string>& all) { return all[below(all.size())]; }

  // Latin, Cyrillic, Devanagari with a vowel sign, Arabic, Han, Katakana, Thai, a pictograph.
  const std::vector<std::string> characters_ = {
      "a",      "b",      "a",      "b",      "1",      " ",          "-",      "_",
      "\n",     "\u00e9", "\u0301", "\u0434", "\u0915", "\u0947",     "\u0645", "\u4e2d",
      "\u30ab", "\u30fc", "\u0e1a", "\u0e31", "\uacc4", "\U0001f600", "\u20ac"};
  const std::vector<std::string> atoms_ = {"a",   "b",    "1",      " ",    "\u00e9",    "\u4e2d", ".",
                                           ".",   "[^a]", "[^ab1]", "[ab]", "[a\u00e9]", "\\d",    "\\S",
                                           "\\W", "\\w",  "\\s",    "\\D",  "\\b"};
  const std::vector<std::string> repetitions_ = {"*", "+", "+", "?", "{2}", "{1,3}", "{0,}", "*?", "+?"};
  std::mt19937 random_;
};

TEST(MatcherComparison, finds_the_generated_regexes_that_pcre_finds) {
  std::size_t matches = 0;
  for (unsigned seed = 0; seed < 6; ++seed) {
    Generator generator(seed);
    std::vector<Pattern> patterns;
    for (int i = 0; i < 40; ++i) {
      patterns.push_back({Pattern::Kind::regex, generator.regex(), generator.flags(), false});
    }
    std::vector<std::string> texts;
    for (int i = 0; i < 100; ++i) texts.push_back(generator.text());
    matches += compare(patterns, texts);
  }
  EXPECT_GT(matches, 2'000U);
}

TEST(MatcherComparison, finds_the_generated_phrases_that_a_plain_search_finds) {
  Generator generator(1000);
  std::vector<Pattern> patterns;
  for (int i = 0; i < 300; ++i) patterns.push_back({Pattern::Kind::phrase, generator.phrase(), "", false});
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(generator.text());
  EXPECT_GT(compare(patterns, texts), 2'000U);
}

TEST(MatcherComparison, finds_in_real_messages_what_the_plain_evaluator_finds) {
  const auto folder = tollgate::test::shared("corpora");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  std::vector<std::string> texts;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".jsonl") continue;
    std::ifstream lines(file.path());
    std::string line;
    for (int i = 0; i < 1500 && std::getline(lines, line); ++i) {
      const auto object = nlohmann::json::parse(line, nullptr, false);
      if (object.contains("text") && object["text"].is_string()) texts.push_back(object["text"]);
    }
  }
  std::vector<Pattern> patterns;
  for (const char* text :
       {"you", "free", "call", "u",   "account", "bank",   "de", "cuenta", "ve",         "i\u00e7in", "and",
        "www", "2",    "http", "://", "\u20b9",  "\u00a3", "!",  "to the", "click here", "kamu",      "tu"}) {
    patterns.push_back({Pattern::Kind::phrase, text, "", false});
  }
  for (const char* text :
       {"https?://\\S+", "\\b\\d{4,8}\\b", "code.{0,20}\\d{4}", "[^a-z ]{5}", "^.{1,20}$", "\\W\\W\\W",
        "w[i1]n(ner|ning)?", "free.+call", "\u00a3\\d+", "[\u00a3\u20b9$]\\s?\\d", "^\\S+$", ".\\n.",
        "(\\d\\s?){10,}", "[.]com\\b", "(a.b|c.?d).*z", "\\D{50}", "[^ ]{30,}"}) {
    for (const char* flags : {"", "s", "m"}) patterns.push_back({Pattern::Kind::regex, text, flags, false});
  }
  EXPECT_GT(compare(patterns, texts), texts.size());
}

}  // namespace
