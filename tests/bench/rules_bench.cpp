#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "generated.hpp"
#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"

// Messages a second through the whole judge: folding, matching, lists, rules, policy; and the seconds that
// the rules and a list of a million numbers take to load, from nothing and from the cache. The patterns and
// texts are those of matcher-bench, which has Hyperscan alone.
namespace {

using namespace tollgate;
using namespace tollgate::rules;
using tollgate::bench::Set;
using tollgate::bench::set_of;

constexpr std::uint64_t first_number = 447'700'000'000;

std::string written(const Pattern& pattern) {
  return pattern.kind == Pattern::Kind::phrase ? pattern.expression : "/" + pattern.expression + "/";
}

/// A third of the rules ask for more than a text.
std::string rule(std::size_t i, const Pattern& pattern) {
  std::string when = "text: '" + written(pattern) + "'";
  switch (i % 12) {
    case 0: when += ", sender.type: alphanumeric"; break;
    case 3: when += ", not: {sender: '@staff'}"; break;
    case 6: when += ", sender: 'Name" + std::to_string(i % 300) + "'"; break;
    case 9: when += ", size: '> 40'"; break;
    default: break;
  }
  return "- {id: " + std::to_string(i + 1) + ", name: Rule, labels: [spam], when: {" + when + "}}\n";
}

RuleFiles files_of(const Set& set) {
  RuleFiles files;
  std::string rules;
  for (std::size_t i = 0; i < set.patterns.size(); ++i) rules += rule(i, set.patterns[i]);
  std::string list = "# type: number\n";
  for (std::uint64_t i = 0; i < 1'000'000; ++i) list += std::to_string(first_number + 7 * i) + '\n';
  files.rules = {{"rules.yaml", std::move(rules)}};
  files.lists = {{"staff.txt", std::move(list)}};
  files.policy = {{"policy.yaml",
                   "- {name: Spam, when: {labels: spam}, then: {block: {as: rejected}}}\n"
                   "- {name: Rest, then: pass}\n"}};
  return files;
}

std::shared_ptr<const Ruleset> timed_load(const RuleFiles& files, const LoadOptions& options,
                                          double& seconds) {
  Findings findings;
  const auto begin = std::chrono::steady_clock::now();
  auto set = load(files, options, findings);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return set;
}

struct Loaded {
  std::shared_ptr<const Ruleset> ruleset;
  double from_nothing = 0;
  double from_cache = 0;

  explicit Loaded(const Set& set) {
    const RuleFiles files = files_of(set);
    LoadOptions options;
    options.cache = std::filesystem::temp_directory_path() / "tollgate-rules-bench";
    std::filesystem::remove_all(options.cache);
    timed_load(files, options, from_nothing);
    ruleset = timed_load(files, options, from_cache);
    std::filesystem::remove_all(options.cache);
  }
};

/// Loaded once, however often the measurement is repeated.
const Loaded& loaded(std::size_t count) {
  static std::map<std::size_t, Loaded> all;
  return all.try_emplace(count, set_of(count)).first->second;
}

void judge(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const Set& set = set_of(count);
  const Loaded& rules = loaded(count);
  if (rules.ruleset == nullptr) return state.SkipWithError("does not load");

  Evaluator evaluator(rules.ruleset);
  const Home home;
  std::vector<std::unique_ptr<Sample>> samples;
  std::vector<Message> messages;
  for (std::size_t i = 0; i < set.texts.size(); ++i) {
    Sample& sample = *samples.emplace_back(std::make_unique<Sample>(home));
    sample.set("text", set.texts[i]);
    sample.set("sender",
               i % 2 == 0 ? "+" + std::to_string(first_number + i) : "Name" + std::to_string(i % 500));
    messages.push_back(sample.message());
  }
  std::size_t rules_hit = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    evaluator.judge(messages[i]);
    rules_hit += messages[i].judgement.rules.size();
    if (++i == messages.size()) i = 0;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["rules_hit"] =
      benchmark::Counter(static_cast<double>(rules_hit), benchmark::Counter::kAvgIterations);
  state.counters["load_s"] = rules.from_nothing;
  state.counters["cached_load_s"] = rules.from_cache;
}
BENCHMARK(judge)->Arg(100)->Arg(1'000)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();
