// Charges messages as fast as it can, on two workers, until it is killed.
//
//   charge_load LEDGER STATE TOLD SEED|settle [APPLIANCE [QUOTA]]
//
// `settle`: charges nothing, but settles what a process before left, and ends.
// LEDGER: a SQLite file, or a connection string of libpq, that has accounts whose ids are their system_ids.
// STATE: a folder for journals. TOLD: a file of what the packet path was told is paid: 32 octets for each,
// its identity (16), account (4, little-endian), worker (4), amount (8). Of each worker one in sixteen
// messages is one that was sent before. QUOTA: in messages, at first (50). The line `ready` on standard
// output when the first message can be charged, and one for each error of the ledger that is another than the
// last; the process goes on then, as an appliance does. A line on standard input is `count`, answered by what
// was charged and refused so far and what waits in journals, or a number of seconds by which the clock goes
// wrong from now on.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charge/charger.hpp"
#include "charge/journal.hpp"
#include "charge/ledger.hpp"
#include "charge/settler.hpp"
#include "engine/memory_file.hpp"

namespace {

using namespace tollgate;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr unsigned worker_count = 2;

std::atomic<std::int64_t> clock_error_s{0};
std::atomic<std::uint64_t> charged{0};
std::atomic<std::uint64_t> behind{0};   ///< refused as ledger_behind
std::atomic<std::uint64_t> refused{0};  ///< for another reason

std::uint64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch() + std::chrono::seconds(clock_error_s);
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

/// What was told, in memory that outlives the process. A worker writes its own half.
class Told {
 public:
  struct Entry {
    std::uint64_t high;
    std::uint64_t low;
    std::uint32_t account;
    std::uint32_t worker;
    std::int64_t amount;
  };
  static constexpr std::size_t most = 1U << 18U;  ///< of a worker

  explicit Told(const char* path) {
    const int file = ::open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ::ftruncate(file, worker_count * most * sizeof(Entry)) != 0) std::abort();
    entries_ = static_cast<Entry*>(
        ::mmap(nullptr, worker_count * most * sizeof(Entry), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  }
  /// Places that were written by earlier processes stay.
  std::size_t first_free(unsigned worker) const {
    std::size_t place = 0;
    while (place < most && entries_[worker * most + place].amount != 0) ++place;
    return place;
  }
  void write(unsigned worker, std::size_t place, const Entry& entry) {
    Entry& to = entries_[worker * most + place];
    to = {entry.high, entry.low, entry.account, entry.worker, 0};
    std::atomic_ref(to.amount).store(entry.amount, std::memory_order_release);  // it is there once this is
  }

 private:
  Entry* entries_;
};

/// Charges until the process ends, or there is no room to tell of it.
void work(charge::Charger& charger, Told& told, unsigned worker, std::uint64_t seed,
          const std::vector<charge::Account>& accounts) {
  std::mt19937_64 random(seed);
  std::size_t place = told.first_free(worker);
  std::vector<Message> sent;
  for (std::uint64_t n = 0; place < Told::most; ++n) {
    Message message;
    if (n % 16 == 15) {
      message = sent[random() % sent.size()];
      message.judgement = {};
    } else {
      const charge::Account& account = accounts[random() % accounts.size()];
      message.protocol = Protocol::smpp;
      message.kind = Kind::message;
      message.smpp.system_id = account.id;
      message.id = {.high = random(), .low = random()};
      message.time_ns = now_ns();
      message.tpdu.service_centre_time = random();
      if (sent.size() < 4'096) sent.push_back(message);
      else sent[n % sent.size()] = message;
    }
    charger.recognise(message);
    if (const auto refusal = charger.charge(message, "domestic"); refusal != charge::Refusal::none) {
      ++(refusal == charge::Refusal::ledger_behind ? behind : refused);
      std::this_thread::sleep_for(std::chrono::microseconds(50));  // the quota comes with the next round
      continue;
    }
    if (message.judgement.charged_before) continue;
    std::uint32_t account = 0;
    for (const charge::Account& one : accounts)
      account = one.id == message.origin.account ? one.number : account;
    ++charged;
    told.write(worker, place++, {message.id.high, message.id.low, account, worker, message.judgement.amount});
    if (n % 64 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

/// Does what lines on standard input say, until they end.
void obey(const std::vector<charge::Journal*>& journals) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line != "count") {
      clock_error_s = std::strtoll(line.c_str(), nullptr, 10);
      continue;
    }
    std::string waiting;
    for (const charge::Journal* journal : journals) waiting += " " + std::to_string(journal->waiting());
    say("count " + std::to_string(charged) + " " + std::to_string(behind) + " " + std::to_string(refused) +
        waiting);
  }
}

/// Calls until it is no error of the ledger.
template <class Call>
void insist(std::string& said, std::chrono::milliseconds between, Call&& call) {
  for (;;) {
    try {
      call();
      said.clear();
      return;
    } catch (const charge::LedgerError& error) {
      if (said != error.what()) say(error.what());
      said = error.what();
    }
    std::this_thread::sleep_for(between);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 5 || count > 7) {
    std::fputs("usage: charge_load LEDGER STATE TOLD SEED|settle [APPLIANCE [QUOTA]]\n", stderr);
    return 2;
  }
  std::vector<std::unique_ptr<engine::MemoryFile>> files;
  std::vector<std::unique_ptr<charge::Journal>> journals;
  std::vector<charge::Journal*> all;
  for (unsigned worker = 0; worker < worker_count; ++worker) {
    const std::string path = std::string(words[2]) + "/charges-" + std::to_string(worker + 1);
    files.push_back(std::make_unique<engine::MemoryFile>(
        path, charge::Journal::size(), charge::Journal::layout(), charge::Journal::holds_charges));
    journals.push_back(std::make_unique<charge::Journal>(files.back()->memory()));
    all.push_back(journals.back().get());
  }
  charge::Quotas quotas;
  charge::RecentCharges recent(1U << 20U, 300 * second_ns);
  charge::LedgerSettings ledger{.sqlite = {}, .postgresql = {}, .appliance = count > 5 ? words[5] : "load"};
  (std::strchr(words[1], '=') != nullptr ? ledger.postgresql : ledger.sqlite) = words[1];
  const charge::Settler::Settings settings{
      .first_quota_messages =
          count > 6 ? static_cast<std::uint32_t>(std::strtoul(words[6], nullptr, 10)) : 50U};
  std::unique_ptr<charge::Settler> settler;
  std::string said;
  insist(said, std::chrono::milliseconds(200), [&] {
    auto made = std::make_unique<charge::Settler>(
        charge::Ledger::open(ledger), quotas, recent, all, [](const std::string&) { return nullptr; },
        settings);
    made->begin(now_ns());
    settler = std::move(made);
  });
  if (std::strcmp(words[4], "settle") == 0) {
    insist(said, std::chrono::milliseconds(200), [&] { settler->end(now_ns()); });
    return 0;
  }
  Told told(words[3]);
  std::vector<charge::Account> accounts;
  for (const charge::Payer& payer : settler->book()->payers()) accounts.push_back(payer.account);
  std::vector<std::unique_ptr<charge::Charger>> chargers;  // all there before a worker looks into it
  for (charge::Journal* journal : all)
    chargers.push_back(std::make_unique<charge::Charger>(settler->book(), recent, *journal, true));
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < worker_count; ++worker) {
    workers.emplace_back([&, worker] {
      work(*chargers[worker], told, worker, std::strtoull(words[4], nullptr, 10) * worker_count + worker,
           accounts);
    });
  }
  say("ready");
  std::thread(obey, all).detach();
  for (;;) {
    insist(said, std::chrono::milliseconds(10), [&] { settler->settle(now_ns()); });
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}
