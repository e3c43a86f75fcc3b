#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "charge/accounts_file.hpp"
#include "charge/ledger_store.hpp"
#include "charge/postgresql.hpp"

// Charges that a ledger on SQLite takes in a second, in groups, as the appliance's thread settles them: each
// group is one durable transaction.
namespace {

using namespace tollgate;
using namespace tollgate::charge;

constexpr std::uint64_t start_ns = 1'795'348'800'000'000'000;

// Different for different i, and without order.
std::uint64_t scatter(std::uint64_t i) { return i * 0x9E37'79B9'7F4A'7C15; }

void make_accounts(Ledger& ledger, std::uint64_t accounts) {
  std::string yaml = "accounts:\n";
  for (std::uint64_t i = 1; i <= accounts; ++i)
    yaml += "- {id: account" + std::to_string(i) +
            ", currency: EUR, payment: postpaid, total_limit: 9000000000}\n";
  yaml += "prices:\n- {list: standard, amount: 0.065, currency: EUR}\n";
  rules::Findings findings;
  ledger.declare(*read_accounts(yaml, "accounts.yaml", findings), start_ns, findings);
}

void settle(benchmark::State& state) {
  const auto group = static_cast<std::uint64_t>(state.range(0));
  const auto accounts = static_cast<std::uint64_t>(state.range(1));
  const char* folder = std::getenv("TOLLGATE_BENCH_FOLDER");
  const std::string path =
      (folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path()) /
      "tollgate-ledger-bench.db";
  const auto remove = [&] {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  };
  remove();
  {
    // Under tests/support/with_postgresql.py: on its server.
    const char* server = std::getenv("TOLLGATE_TEST_POSTGRESQL");
    if (server != nullptr)
      open_postgresql(server)->execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public");
    const auto ledger = LedgerStore::open(
        {.sqlite = path, .postgresql = server != nullptr ? server : "", .appliance = "one"});
    make_accounts(*ledger, accounts);
    std::vector<Ledger::Wish> wishes;
    for (std::uint32_t i = 1; i <= accounts; ++i) wishes.push_back({i, 1'000'000 * unit});
    ledger->settle({}, wishes, start_ns);
    for (Ledger::Wish& wish : wishes) wish.amount = static_cast<Amount>(group / accounts) * 65'000;
    std::vector<Charge> charges(group);
    std::uint64_t n = 0;
    for (auto _ : state) {
      state.PauseTiming();
      for (Charge& charge : charges) {
        ++n;
        charge.id = {scatter(n), scatter(~n)};
        charge.retry = {scatter(n + 7), scatter(~n - 7)};
        charge.time_ns = start_ns + n * 5000;  // 200,000 a second
        charge.amount = 65'000;
        charge.account = static_cast<std::uint32_t>(1 + (scatter(n) >> 40U) % accounts);
        charge.price = 1;
        charge.country = {'G', 'B'};
        charge.recipient_operator.assign(n % 3 == 0 ? "Example Mobile" : "Other Telecom");
        charge.tariff.assign(n % 2 == 0 ? "domestic" : "grey-route");
        charge.route.assign("international");
      }
      state.ResumeTiming();
      benchmark::DoNotOptimize(ledger->settle(charges, wishes, start_ns + n * 5000));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(group));
    if (server == nullptr)
      state.counters["octets_a_charge"] =
          static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(n);
  }
  remove();
}
BENCHMARK(settle)->Args({10'000, 100})->Args({10'000, 5})->Args({2'000, 100})->MinTime(10)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
