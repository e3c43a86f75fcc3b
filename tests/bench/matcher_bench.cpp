#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <hs.h>

#include "rules/matcher.hpp"

// Messages a second through the matcher, beside those through bare hs_scan: all patterns as
// regexes of ASCII octets, phrases not looked at for word boundaries, each told once. Six patterns of ten are
// phrases.
namespace {

using namespace tollgate::rules;

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

const Set& set_of(std::size_t count) {
  static std::vector<std::unique_ptr<Set>> sets;
  for (const auto& set : sets) {
    if (set->patterns.size() == count) return *set;
  }
  return *sets.emplace_back(std::make_unique<Set>(count));
}

void matcher(benchmark::State& state) {
  const Set& set = set_of(static_cast<std::size_t>(state.range(0)));
  const auto folder = std::filesystem::temp_directory_path() / "tollgate-matcher-bench";
  std::filesystem::remove_all(folder);
  const auto cold = Matcher::compile(set.patterns, folder).matcher;
  const auto matcher = Matcher::compile(set.patterns, folder).matcher;
  std::filesystem::remove_all(folder);
  Scratch scratch;
  scratch.prepare_for(*matcher);
  std::size_t hits = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    matcher->scan(set.texts[i], scratch, [&](const Hit&) { ++hits; });
    if (++i == set.texts.size()) i = 0;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
  state.counters["compile_s"] = cold->statistics().compile_seconds;
  state.counters["load_s"] = matcher->statistics().compile_seconds;
  state.counters["MB"] = static_cast<double>(matcher->statistics().database_octets) / 1e6;
  state.counters["scratch_KB"] = static_cast<double>(scratch.octets()) / 1e3;
  state.counters["utf8"] = static_cast<double>(matcher->statistics().utf8_regexes);
}
BENCHMARK(matcher)->Arg(100)->Arg(1'000)->Arg(10'000);

void hyperscan_alone(benchmark::State& state) {
  const Set& set = set_of(static_cast<std::size_t>(state.range(0)));
  std::vector<const char*> expressions;
  std::vector<unsigned> flags(set.patterns.size(), HS_FLAG_SINGLEMATCH);
  std::vector<unsigned> ids;
  for (const Pattern& pattern : set.patterns) {
    ids.push_back(static_cast<unsigned>(ids.size()));
    expressions.push_back(pattern.expression.c_str());
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_scratch_t* scratch = nullptr;
  if (hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS ||
      hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
    return state.SkipWithError("does not compile");
  }
  std::size_t hits = 0;
  const auto on_match = [](unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
    ++*static_cast<std::size_t*>(context);
    return 0;
  };
  std::size_t i = 0;
  for (auto _ : state) {
    hs_scan(database, set.texts[i].data(), static_cast<unsigned>(set.texts[i].size()), 0, scratch, on_match,
            &hits);
    if (++i == set.texts.size()) i = 0;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
  hs_free_scratch(scratch);
  hs_free_database(database);
}
BENCHMARK(hyperscan_alone)->Arg(100)->Arg(1'000)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();
