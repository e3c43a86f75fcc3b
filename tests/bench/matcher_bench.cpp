#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <hs.h>

#include "generated.hpp"
#include "rules/matcher.hpp"

// Messages a second through the matcher, beside those through bare hs_scan: all patterns as
// regexes of ASCII octets, phrases not looked at for word boundaries, each told once. Six patterns of ten are
// phrases.
namespace {

using namespace tollgate::rules;
using tollgate::bench::Set;
using tollgate::bench::set_of;

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
