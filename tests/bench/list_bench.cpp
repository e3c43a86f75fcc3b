#include <chrono>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "rules/list.hpp"
#include "rules/public_suffixes.hpp"

// Lists of a million and ten million entries: seconds to load, octets an entry, time of a lookup, one of two
// of which finds something. And registered domains.
namespace {

using namespace tollgate::rules;

// Different for different i, and without order.
std::uint64_t scatter(std::uint64_t i) { return i * 0x9E37'79B9'7F4A'7C15 >> 20; }

std::string number(std::uint64_t i) { return std::to_string(100'000'000'000 + scatter(i) % 900'000'000'000); }
std::string sender(std::uint64_t i) { return "S" + std::to_string(scatter(i) % 10'000'000'000); }
std::string host(std::uint64_t i) { return "h" + std::to_string(scatter(i)) + ".example"; }
std::string subdomain(std::uint64_t i) { return "www." + host(i); }
std::string prefix(std::uint64_t i) { return number(i).substr(0, 5 + i % 6); }

using Make = std::string (*)(std::uint64_t);

void list(benchmark::State& state, const char* type, Make entry, Make asked) {
  const auto entries = static_cast<std::uint64_t>(state.range(0));
  std::string content = std::string("# type: ") + type + "\n";
  for (std::uint64_t i = 0; i < entries; ++i) content += entry(i) + '\n';
  Findings findings;
  const auto begin = std::chrono::steady_clock::now();
  const auto list = read_list(content, "list", findings);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (!list) return state.SkipWithError("does not load");
  content = {};
  std::vector<std::string> questions;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) questions.push_back(asked(scatter(i) % (2 * entries)));
  std::size_t i = 0;
  std::size_t found = 0;
  for (auto _ : state) {
    found += list->contains(questions[i], 1) ? 1 : 0;
    if (++i == questions.size()) i = 0;
  }
  state.counters["load_s"] = seconds.count();
  state.counters["entries"] = static_cast<double>(list->size());
  state.counters["octets_an_entry"] = static_cast<double>(list->octets()) / static_cast<double>(list->size());
  state.counters["found"] =
      benchmark::Counter(static_cast<double>(found), benchmark::Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(list, numbers, "number", number, number)->Arg(1'000'000)->Arg(10'000'000);
BENCHMARK_CAPTURE(list, prefixes, "prefix", prefix, number)->Arg(1'000'000)->Arg(10'000'000);
BENCHMARK_CAPTURE(list, senders, "sender", sender, sender)->Arg(1'000'000)->Arg(10'000'000);
BENCHMARK_CAPTURE(list, hosts, "host", host, subdomain)->Arg(1'000'000)->Arg(10'000'000);

void registered_domain(benchmark::State& state) {
  const PublicSuffixes suffixes;
  const std::vector<std::string> hosts = {"www.example.com", "a.b.example.co.uk", "xn--bcher-kva.example.net",
                                          "t.example"};
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(suffixes.registered_domain(hosts[++i % hosts.size()]));
}
BENCHMARK(registered_domain);

}  // namespace

BENCHMARK_MAIN();
