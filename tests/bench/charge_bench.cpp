#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "charge/accounts_file.hpp"
#include "charge/charger.hpp"
#include "charge/settler.hpp"

// What charging adds to a message on the packet path: who pays is asked, the price, whether it was paid
// before, and the event goes to the journal. And how many charges a second go the whole way, into a ledger on
// a disk.
namespace {

using namespace tollgate;
using namespace tollgate::charge;

constexpr std::uint64_t start_ns = 1'795'348'800'000'000'000;
constexpr std::uint32_t account_count = 1'000;

std::string accounts_yaml() {
  std::string yaml = "accounts:\n";
  for (std::uint32_t i = 0; i < account_count; ++i) {
    yaml += "- {id: account" + std::to_string(i) +
            ", currency: EUR, payment: postpaid, recognised_by: {system_id: esme" + std::to_string(i) +
            "}, senders: [ACME, BANK, 'SHOP*']}\n";
  }
  yaml += "prices:\n";
  for (const char* prefix : {"44", "4477", "447700", "49", "4917", "33", "1", "91"}) {
    for (const char* tariff : {"domestic", "grey-route"})
      yaml += std::string("- {list: standard, tariff: ") + tariff + ", prefix: '" + prefix +
              "', amount: 0.065, currency: EUR}\n";
  }
  return yaml;
}

/// Messages of many accounts to many recipients, no two the same.
class Traffic {
 public:
  Traffic() {
    for (std::uint32_t i = 0; i < account_count; ++i) system_ids_.push_back("esme" + std::to_string(i));
    for (std::uint32_t i = 0; i < 4'096; ++i) numbers_.push_back("4477009" + std::to_string(10'000 + i * 7));
  }
  Message next() {
    Message m;
    const std::uint64_t n = ++count_;
    m.protocol = Protocol::smpp;
    m.kind = Kind::message;
    m.smpp.system_id = system_ids_[n * 7919 % system_ids_.size()];
    m.recipient.number = m.recipient.address = numbers_[n * 104'729 % numbers_.size()];
    m.recipient.present = true;
    m.sender = {.address = "ACME", .number = {}, .type = NumberType::alphanumeric, .present = true};
    m.text = "Your parcel comes today between 10 and 12. Reply STOP to end these notices.";
    m.tpdu.service_centre_time = n;
    m.id = {.high = n * 0x9E37'79B9'7F4A'7C15, .low = n};
    m.time_ns = start_ns + n * 5'000;
    return m;
  }

 private:
  std::vector<std::string> system_ids_, numbers_;
  std::uint64_t count_ = 0;
};

/// Stands for what lies between knowing who pays and charging: text is folded and matched, rules are asked.
/// That takes more than a microsecond with the shipped rules; here it is less, and touches no memory.
void judge(Message& message) {
  std::uint64_t chain = message.id.low;
  for (int i = 0; i < 500; ++i) chain = chain * 0x9E37'79B9'7F4A'7C15 + 1;
  benchmark::DoNotOptimize(chain);
}

struct alignas(64) Line {
  std::byte octets[64];
};

struct Till {
  explicit Till(const std::string& sqlite) {
    rules::Findings findings;
    auto ledger = Ledger::open({.sqlite = sqlite, .postgresql = {}, .appliance = "bench"});
    ledger->declare(*read_accounts(accounts_yaml(), "accounts.yaml", findings), 0, findings);
    settler = std::make_unique<Settler>(
        std::move(ledger), quotas, recent, std::vector<Journal*>{&journal},
        [](const std::string&) { return nullptr; }, Settler::Settings{.first_quota_messages = 100'000});
    settler->begin(start_ns);
    charger = std::make_unique<Charger>(settler->book(), recent, journal, true);
  }

  Quotas quotas;
  RecentCharges recent{1U << 24U, 300'000'000'000};
  std::vector<Line> memory = std::vector<Line>(Journal::size() / 64 + 1);
  Journal journal{std::as_writable_bytes(std::span(memory))};
  std::unique_ptr<Settler> settler;
  std::unique_ptr<Charger> charger;
};

void message_without_charge(benchmark::State& state) {
  Traffic traffic;
  for (auto _ : state) {
    Message m = traffic.next();
    judge(m);
    benchmark::DoNotOptimize(m);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(message_without_charge);

/// On an AMD EPYC in a virtual machine, where a message without a charge takes 545 ns, this adds about 240.
/// Of these 40 are gone with 65,536 places to remember charges in, which need no search for a page of memory,
/// and 40 more with 10 accounts, whose data stays in the cache. The other 160 are spread over small parts, by
/// samples: 25 to look whether it was charged before and to remember that it was, 20 to find the price, 20 to
/// compare texts in all of these, 17 for the identity of a retry, 15 to find who pays, 15 to make the event,
/// 15 to write it and its digest to the journal, 8 for the sender; the rest cannot be told from what is
/// around it. To fetch the journal's next place and the lock ahead made it slower, by 50 to 150 ns; to go
/// through the places once and not three times changed nothing.
void message_recognised_and_charged(benchmark::State& state) {
  Till till("");
  Traffic traffic;
  std::uint64_t refused = 0;
  std::uint32_t since = 0;
  for (auto _ : state) {
    Message m = traffic.next();
    till.charger->recognise(m);
    judge(m);
    if (till.charger->charge(m, "domestic") != Refusal::none) ++refused;
    if (++since == Journal::capacity / 2) {  // emptied without a ledger: its time is another benchmark's
      till.journal.release(till.journal.waiting());
      since = 0;
      state.PauseTiming();
      for (std::uint32_t i = 1; i <= account_count; ++i) till.quotas.of(i).left.store(1'000'000 * unit);
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(m);
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["refused"] = static_cast<double>(refused);
}
BENCHMARK(message_recognised_and_charged);

/// A worker charges as fast as the ledger takes it, for some seconds.
void charges_into_a_ledger_on_a_disk(benchmark::State& state) {
  const char* folder = std::getenv("TOLLGATE_BENCH_FOLDER");
  const std::filesystem::path in =
      folder != nullptr ? std::filesystem::path(folder) : std::filesystem::temp_directory_path();
  const std::string path = in / "tollgate-charge-bench.db";
  const auto remove = [&] {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  };
  remove();
  std::uint64_t charged = 0;
  {
    Till till(path);
    for (auto _ : state) {
      std::atomic<bool> stop{false};
      std::thread worker([&] {
        Traffic traffic;
        while (!stop) {
          Message m = traffic.next();
          till.charger->recognise(m);
          if (till.charger->charge(m, "domestic") == Refusal::none) ++charged;
          else std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
      });
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      std::uint64_t now = start_ns;
      while (std::chrono::steady_clock::now() < end) {
        // As the appliance does.
        if (!till.settler->settle(now += 10'000'000))
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      stop = true;
      worker.join();
      till.settler->end(now);
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(charged));
  remove();
}
BENCHMARK(charges_into_a_ledger_on_a_disk)->Iterations(1)->UseRealTime()->Unit(benchmark::kSecond);

}  // namespace

BENCHMARK_MAIN();
