#include "cli/charging.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "charge/accounts_file.hpp"
#include "cli/log.hpp"
#include "rules/finding.hpp"
#include "rules/list.hpp"
#include "rules/load.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint32_t remembered = 1U << 22U;  ///< charges that may come again: 64 MiB, once they are used

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

/// The lists of a folder of rules, by name.
charge::Book::ListNamed lists_of(const std::string& rules) {
  return [rules](const std::string& name) -> std::shared_ptr<const rules::List> {
    for (const char* ending : {".txt", ".csv"}) {
      const fs::path path = fs::path(rules) / "lists" / (name + ending);
      std::error_code error;
      if (!fs::exists(path, error)) continue;
      rules::Findings findings;
      return rules::load_list(path.string(), path.string(), findings);
    }
    return nullptr;
  };
}

/// A ledger in memory, of the accounts beside the rules of a folder. Null where there is an error in them.
std::unique_ptr<charge::Ledger> throw_away_ledger(const std::string& rules, rules::Findings& findings) {
  const std::string path = (fs::path(rules) / rules::accounts_file).string();
  const auto content = rules::read_file(path, path, findings);
  if (!content) return nullptr;
  const auto declared = charge::read_accounts(*content, path, findings);
  auto ledger = charge::Ledger::open({.sqlite = {}, .postgresql = {}, .appliance = "replay"});
  return declared && ledger->declare(*declared, 0, findings) ? std::move(ledger) : nullptr;
}

bool has_accounts(const std::string& rules) {
  return !rules.empty() && fs::exists(fs::path(rules) / rules::accounts_file);
}

/// How long what was charged is remembered: the same octets at the same place also where no retry is known.
std::uint64_t window_ns(std::uint32_t retry_seconds) {
  return (retry_seconds == 0 ? 300 : retry_seconds) * second_ns;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "appliance";
}

std::string_view share_of(charge::Ledger::Warning::Kind kind) {
  using Kind = charge::Ledger::Warning::Kind;
  switch (kind) {
    case Kind::credit: return "the credit that it had";
    case Kind::month: return "its monthly limit";
    case Kind::total: return "its total limit";
  }
  return "";
}

}  // namespace

void check_accounts(const std::string& rules, rules::Findings& findings) {
  if (!has_accounts(rules)) return;
  const auto ledger = throw_away_ledger(rules, findings);
  if (ledger == nullptr) return;
  const charge::Book::ListNamed list_named = lists_of(rules);
  for (const charge::Account& account : ledger->in_force().accounts) {
    for (const std::string& list : account.excluded) {
      if (list_named(list) == nullptr)
        findings.error({(fs::path(rules) / rules::accounts_file).string(), 0, 0},
                       fmt::format("account `{}` excludes `@{}`; expected {}/lists/{}.txt or .csv",
                                   account.id, list, rules, list));
    }
  }
}

std::unique_ptr<ReplayCharges> ReplayCharges::make(const ReplayCharging& settings) {
  if (settings.ledger.empty() && !has_accounts(settings.rules)) return nullptr;
  rules::Findings findings;
  auto ledger =
      settings.ledger.empty()
          ? throw_away_ledger(settings.rules, findings)
          : charge::Ledger::open({.sqlite = settings.ledger, .postgresql = {}, .appliance = "replay"});
  if (ledger == nullptr) {
    std::string errors;
    for (const rules::Finding& finding : findings.all()) errors += to_string(finding) + "\n";
    throw std::runtime_error(errors + "the accounts cannot be used");
  }
  return std::unique_ptr<ReplayCharges>(new ReplayCharges(std::move(ledger), settings));
}

ReplayCharges::ReplayCharges(std::unique_ptr<charge::Ledger> ledger, const ReplayCharging& settings)
    : recent_(remembered, window_ns(settings.retry_seconds)),
      memory_(charge::Journal::size()),
      journal_(memory_.span()),
      // Nobody else uses a ledger that is thrown away; of another one, all that is put aside goes back at the
      // end.
      settler_(std::move(ledger), quotas_, recent_, {&journal_}, lists_of(settings.rules),
               {.first_quota_messages = 0, .window_ns = window_ns(settings.retry_seconds)}),
      charger_(std::make_unique<charge::Charger>(nullptr, recent_, journal_, settings.retry_seconds != 0)) {}

void ReplayCharges::at(std::uint64_t time_ns) {
  constexpr std::uint32_t packets_a_round = 256;  // hold fewer messages than the journal
  const bool is_first = time_ns_ == 0;
  time_ns_ = std::max(time_ns_, time_ns);
  if (is_first) {
    settler_.begin(time_ns_);
    std::shared_ptr<const charge::Book> book = settler_.book();
    charger_->exchange(book);
  } else if (++packets_ % packets_a_round == 0) {
    settler_.settle(time_ns_);
  }
}

void ReplayCharges::end() {
  if (time_ns_ != 0) settler_.end(time_ns_);
}

ApplianceCharges::ApplianceCharges(const Configuration& config, const std::string& rules)
    : ledger_settings_(config.ledger),
      rules_(rules),
      window_ns_(window_ns(config.retry_seconds)),
      recent_(remembered, window_ns_) {
  if (ledger_settings_.appliance.empty()) ledger_settings_.appliance = host_name();
  const auto path_of = [&](unsigned worker) { return fmt::format("{}/charges-{}", config.state, worker); };
  for (unsigned worker = 1; worker <= config.appliance.workers || fs::exists(path_of(worker)); ++worker) {
    const auto& file = files_.emplace_back(
        std::make_unique<engine::MemoryFile>(path_of(worker), charge::Journal::size(),
                                             charge::Journal::layout(), engine::MemoryFile::Other::refused));
    journals_.push_back(std::make_unique<charge::Journal>(file->memory()));
  }
  for (unsigned worker = 0; worker < config.appliance.workers; ++worker)
    chargers_.push_back(
        std::make_unique<charge::Charger>(nullptr, recent_, *journals_[worker], config.retry_seconds != 0));
  // What is charged must not wait for the first round of the thread, unless the ledger cannot be used.
  if (begin()) {
    for (const auto& charger : chargers_) {
      std::shared_ptr<const charge::Book> book = settler_->book();
      charger->exchange(book);
    }
    offered_ = nullptr;
  }
  thread_ = std::thread([this] { work(); });
}

ApplianceCharges::~ApplianceCharges() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void ApplianceCharges::look(dpdk::Appliance& appliance) {
  std::shared_ptr<const charge::Book> book;
  {
    const std::lock_guard lock(mutex_);
    book.swap(offered_);
  }
  if (book == nullptr) return;
  std::size_t worker = 0;
  appliance.between_bursts([&](engine::Engine&, const Counters&) {
    std::shared_ptr<const charge::Book> one = book;
    chargers_[worker++]->exchange(one);
  });
}

void ApplianceCharges::end() {
  stop_ = true;
  thread_.join();
  try {
    if (settler_ == nullptr && !begin()) return;
    settler_->end(now_ns());
    tell();
  } catch (const charge::LedgerError& error) {
    log("{}; the next start settles what was charged", error.what());
  }
}

void ApplianceCharges::work() {
  constexpr auto between_rounds = std::chrono::milliseconds(10);
  constexpr auto between_attempts = std::chrono::seconds(1);
  while (!stop_) {
    if (settler_ == nullptr && !begin()) {
      for (auto waited = between_rounds * 0; waited < between_attempts && !stop_; waited += between_rounds)
        std::this_thread::sleep_for(between_rounds);
      continue;
    }
    round();
    std::this_thread::sleep_for(between_rounds);
  }
}

/// Opens the ledger, and settles what an earlier process left. False where that cannot be.
bool ApplianceCharges::begin() {
  try {
    std::vector<charge::Journal*> journals;
    for (const auto& journal : journals_) journals.push_back(journal.get());
    auto settler = std::make_unique<charge::Settler>(charge::Ledger::open(ledger_settings_), quotas_, recent_,
                                                     std::move(journals), lists_of(rules_),
                                                     charge::Settler::Settings{.window_ns = window_ns_});
    settler->begin(now_ns());
    settler_ = std::move(settler);
    offer_book();
    tell();
    if (!last_said_.empty()) log("the ledger can be used again");
    last_said_.clear();
    return true;
  } catch (const std::exception& error) {  // the workers go on, whatever it is
    say_once(fmt::format("{}; nothing is charged meanwhile", error.what()));
    return false;
  }
}

void ApplianceCharges::round() {
  try {
    const charge::Book* const before = settler_->book().get();
    settler_->settle(now_ns());
    if (settler_->book().get() != before) offer_book();
    tell();
    if (!last_said_.empty()) log("the ledger can be used again");
    last_said_.clear();
  } catch (const std::exception& error) {
    say_once(fmt::format("{}; what is charged waits in the journal", error.what()));
  }
}

void ApplianceCharges::offer_book() {
  const std::lock_guard lock(mutex_);
  offered_ = settler_->book();
}

/// What the ledger told of accounts.
void ApplianceCharges::tell() {
  const charge::Settler::Told told = settler_->take_told();
  for (const charge::Ledger::Warning& warning : told.warnings)
    log("account {}: {} % of {} used up", account_of(warning.account), warning.percent,
        share_of(warning.kind));
  for (const auto& [account, amount] : told.uncovered)
    log("account {}: {} charged that the ledger had not put aside; was it restored from a backup?",
        account_of(account), charge::write_amount(amount));
}

std::string ApplianceCharges::account_of(std::uint32_t number) const {
  for (const charge::Payer& payer : settler_->book()->payers()) {
    if (payer.account.number == number) return payer.account.id;
  }
  return fmt::format("of number {}", number);
}

void ApplianceCharges::say_once(const std::string& what) {
  if (what == last_said_) return;
  last_said_ = what;
  log("{}", what);
}

}  // namespace tollgate::cli
