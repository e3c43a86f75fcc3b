#pragma once

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "rules/matcher.hpp"

// Patterns as rules have them, and texts of which some contain what is looked for: the same for the same
// number.
namespace tollgate::bench {

using rules::Pattern;

class Generator {
 public:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string word() {
    std::string word;
    for (std::size_t i = 2 + below(2); i > 0; --i) {
      word += "bdfgklmnprstvz"[below(14)];
      word += "aeiou"[below(5)];
      if (below(3) == 0) word += "lnrst"[below(5)];
    }
    return word;
  }
  const std::string& common() {
    static const std::vector<std::string> words = {
        "hello",   "meeting",  "tomorrow", "please",  "call",     "back",        "dinner",  "the",
        "train",   "is",       "late",     "see",     "you",      "at",          "home",    "thanks",
        "payment", "received", "order",    "shipped", "track",    "code",        "verify",  "account",
        "bank",    "free",     "offer",    "today",   "only",     "click",       "here",    "link",
        "update",  "balance",  "amount",   "your",    "number",   "delivery",    "parcel",  "customs",
        "fee",     "pay",      "now",      "urgent",  "win",      "prize",       "visit",   "store",
        "reply",   "stop",     "to",       "and",     "for",      "with",        "from",    "will",
        "can",     "not",      "have",     "was",     "that",     "this",        "what",    "when",
        "where",   "mother",   "father",   "school",  "doctor",   "appointment", "monday",  "friday",
        "weekend", "party",    "music",    "game",    "ticket",   "flight",      "hotel",   "car",
        "rain",    "weather",  "news",     "report",  "office",   "team",        "project", "file",
        "send",    "photo",    "video",    "happy",   "birthday", "good",        "night",   "morning",
        "sorry",   "busy",     "later",    "garden",  "window",   "letter",      "water",   "market",
        "street",  "bridge",   "summer",   "winter",  "kitchen",  "river"};
    return words[below(words.size())];
  }
  Pattern pattern(std::size_t i) {
    const std::string name = word();
    switch (i % 10) {
      case 0:
      case 1:
      case 2: return {Pattern::Kind::phrase, name + " " + word(), "", false};
      case 3:
      case 4:
      case 5: return {Pattern::Kind::phrase, name + " " + common() + " " + common(), "", false};
      case 6:
        return {Pattern::Kind::regex,
                "https?://([a-z0-9-]{1,30}\\.)?" + name + "-?" + word() + "\\.(com|net|top)", "", false};
      case 7: return {Pattern::Kind::regex, "\\b" + name + "[a-z0-9-]{0,12}\\.(info|click|top)/", "", false};
      case 8:
        return {Pattern::Kind::regex, "\\b" + name + " (is|was|has been) (locked|held|" + word() + ")", "",
                false};
      default:
        return {Pattern::Kind::regex, "\\b" + name + "\\b.{0,20}\\b(" + word() + "|" + word() + ")\\b", "",
                false};
    }
  }
  /// 160 characters: common words, some numbers and other words, and in about one text of seven a phrase that
  /// is looked for.
  std::string text(const std::vector<Pattern>& patterns) {
    std::string text;
    if (const Pattern& some = patterns[below(patterns.size())];
        below(4) == 0 && some.kind == Pattern::Kind::phrase) {
      text = some.expression + ' ';
    }
    while (text.size() < 160) {
      const std::size_t kind = below(100);
      text += kind == 0 ? word() : kind < 3 ? std::to_string(below(1'000'000)) : common();
      text += ' ';
    }
    text.resize(160);
    return text;
  }

 private:
  std::mt19937 random_{7};
};

struct Set {
  std::vector<Pattern> patterns;
  std::vector<std::string> texts;
  explicit Set(std::size_t count) {
    Generator generator;
    for (std::size_t i = 0; i < count; ++i) patterns.push_back(generator.pattern(i));
    for (int i = 0; i < 20'000; ++i) texts.push_back(generator.text(patterns));
  }
};

inline const Set& set_of(std::size_t count) {
  static std::vector<std::unique_ptr<Set>> sets;
  for (const auto& set : sets) {
    if (set->patterns.size() == count) return *set;
  }
  return *sets.emplace_back(std::make_unique<Set>(count));
}

}  // namespace tollgate::bench
