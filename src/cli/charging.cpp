#include "cli/charging.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "charge/accounts_file.hpp"
#include "cli/ledger_rest.hpp"
#include "cli/log.hpp"
#include "cli/now.hpp"
#include "rules/finding.hpp"
#include "rules/list.hpp"
#include "rules/load.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t second_ns = 1'000'000'000;
/// Charges that may come again: 256 MiB. A replay asks its ledger of those that went early.
constexpr std::uint32_t remembered = 1U << 24U;
constexpr std::uint32_t remembered_by_replay = 1U << 20U;

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

/// The ledger in a file, or a copy of it.
std::unique_ptr<charge::Ledger> named_ledger(const ReplayCharging& settings) {
  if (!settings.copy_of.empty()) return charge::Ledger::open_copy(settings.copy_of, "replay");
  constexpr std::uint64_t month_ns = 31 * 86'400 * second_ns;
  const charge::LedgerSettings kept{
      .sqlite = settings.ledger, .postgresql = {}, .appliance = "replay", .unpaid_known_for_ns = month_ns};
  const bool is_new = kept.names_no_ledger_yet();
  auto ledger = charge::Ledger::open(kept);
  if (is_new) fmt::print(stderr, "{}: a new ledger was made, which has no accounts\n", settings.ledger);
  return ledger;
}

bool has_accounts(const std::string& rules) {
  return !rules.empty() && fs::exists(fs::path(rules) / rules::accounts_file);
}

/// How long what was charged is remembered: the same octets at the same place also where no retry is known.
std::uint64_t window_ns(std::uint32_t retry_seconds) {
  return (retry_seconds == 0 ? 300 : retry_seconds) * second_ns;
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

std::string to_text(const charge::Ledger::Warning& warning, const std::string& account) {
  return fmt::format("account {}: {} % of {} used up", account, warning.percent, share_of(warning.kind));
}

std::string id_of(const charge::Book& book, std::uint32_t number) {
  const charge::Payer* const payer = book.payer(number);
  return payer == nullptr ? fmt::format("of number {}", number) : payer->account.id;
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
  const bool throws_away = settings.ledger.empty() && settings.copy_of.empty();
  if (throws_away && !has_accounts(settings.rules)) return nullptr;
  rules::Findings findings;
  auto ledger = throws_away ? throw_away_ledger(settings.rules, findings) : named_ledger(settings);
  if (ledger == nullptr) {
    std::string errors;
    for (const rules::Finding& finding : findings.all()) errors += to_string(finding) + "\n";
    throw std::runtime_error(errors + "the accounts cannot be used");
  }
  return std::unique_ptr<ReplayCharges>(new ReplayCharges(std::move(ledger), settings));
}

ReplayCharges::ReplayCharges(std::unique_ptr<charge::Ledger> ledger, const ReplayCharging& settings)
    : recent_(remembered_by_replay, window_ns(settings.retry_seconds)),
      memory_(charge::Journal::size()),
      journal_(memory_.span()),
      // Nobody else uses a ledger that is thrown away; of another one, all that is put aside goes back at the
      // end.
      settler_(std::move(ledger), quotas_, recent_, {&journal_}, lists_of(settings.rules),
               {.first_quota_messages = 0, .window_ns = window_ns(settings.retry_seconds)}),
      charger_(std::make_unique<charge::Charger>(nullptr, recent_, journal_, settings.retry_seconds != 0)) {}

void ReplayCharges::at(std::uint64_t time_ns) {
  constexpr std::uint32_t packets_a_round = 256;  // hold fewer messages than the journal
  time_ns_ = std::max(time_ns_, time_ns);
  if (!begun_) {
    settler_.begin(time_ns_);
    begun_ = true;
    std::shared_ptr<const charge::Book> book = settler_.book();
    charger_->exchange(book);
    // A part of what is replayed was charged longer ago than what is remembered.
    charger_->ask(
        [this](const MessageId& id, std::uint64_t at_ns) { return settler_.ledger().has(id, at_ns); });
  } else if (++packets_ % packets_a_round == 0) {
    settler_.settle(time_ns_);
  }
}

void ReplayCharges::end(const std::function<void(const std::string&)>& say) {
  if (!begun_) return;
  settler_.end(time_ns_);
  for (const charge::Ledger::Warning& warning : settler_.take_told().warnings)
    say(to_text(warning, id_of(*settler_.book(), warning.account)));
}

std::string appliance_name(const charge::LedgerSettings& ledger) {
  if (!ledger.appliance.empty()) return ledger.appliance;
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "appliance";
}

ApplianceCharges::ApplianceCharges(const Configuration& config, const std::string& rules)
    : ledger_settings_(config.ledger),
      rules_(rules),
      window_ns_(window_ns(config.retry_seconds)),
      recent_(remembered, window_ns_),
      settled_ns_(now_ns()) {
  ledger_settings_.appliance = appliance_name(ledger_settings_);
  const auto path_of = [&](unsigned worker) { return fmt::format("{}/charges-{}", config.state, worker); };
  for (unsigned worker = 1; worker <= config.appliance.workers || fs::exists(path_of(worker)); ++worker) {
    const auto& file = files_.emplace_back(std::make_unique<engine::MemoryFile>(
        path_of(worker), charge::Journal::size(), charge::Journal::layout(), charge::Journal::holds_charges));
    journals_.push_back(std::make_unique<charge::Journal>(file->memory()));
  }
  for (unsigned worker = 0; worker < config.appliance.workers; ++worker)
    chargers_.push_back(
        std::make_unique<charge::Charger>(nullptr, recent_, *journals_[worker], config.retry_seconds != 0));
  if (!config.cdr.folder.empty()) {
    cdr_ = std::make_unique<charge::CdrWriter>(config.cdr, ledger_settings_.appliance, now_ns());
    say_cdr();
  }
  // What is charged must not wait for the first round of the thread, unless the ledger cannot be used.
  if (begin()) {
    for (const auto& charger : chargers_) {
      std::shared_ptr<const charge::Book> book = settler_->book();
      charger->exchange(book);
    }
    books_.push_back(settler_->book());
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
  // No worker is the last to let one go: freeing it takes long.
  books_.push_back(std::move(book));
  std::erase_if(books_, [&](const auto& old) { return old != books_.back() && old.use_count() == 1; });
}

void ApplianceCharges::end() {
  stop_ = true;
  thread_.join();
  try {
    if (settler_ == nullptr && !begin()) return;
    settler_->end(now_ns());
    tell();
  } catch (const charge::LedgerError& error) {
    log_error("{}; the next start settles what was charged", error.what());
  }
  if (cdr_ == nullptr) return;
  cdr_->end(now_ns());
  say_cdr();
}

void ApplianceCharges::work() {
  constexpr auto between_rounds = LedgerRest::between_rounds;
  constexpr auto between_attempts = std::chrono::seconds(1);
  LedgerRest rest(LedgerRest::Clock::now());
  while (!stop_) {
    keep_cdr();
    if (settler_ == nullptr && !begin()) {
      for (auto waited = between_rounds * 0; waited < between_attempts && !stop_; waited += between_rounds)
        std::this_thread::sleep_for(between_rounds);
      continue;
    }
    const bool more_waits = round();
    std::this_thread::sleep_for(rest.after_round(more_waits, LedgerRest::Clock::now()));
  }
}

/// Opens the ledger, and settles what an earlier process left. False where that cannot be.
bool ApplianceCharges::begin() {
  try {
    std::vector<charge::Journal*> journals;
    for (const auto& journal : journals_) journals.push_back(journal.get());
    charge::Settler::Settled write_cdr;
    if (cdr_ != nullptr) {
      write_cdr = [this](const charge::Book& book, std::span<const charge::Charge> charges) {
        cdr_->add(book, charges, now_ns());
      };
    }
    const bool is_new = ledger_settings_.names_no_ledger_yet();
    auto ledger = charge::Ledger::open(ledger_settings_);
    if (is_new) log("{}: a new ledger was made, which has no accounts", ledger_settings_.sqlite);
    auto settler = std::make_unique<charge::Settler>(
        std::move(ledger), quotas_, recent_, std::move(journals), lists_of(rules_),
        charge::Settler::Settings{.window_ns = window_ns_}, std::move(write_cdr));
    settler->begin(now_ns());
    settler_ = std::move(settler);
    if (cdr_ != nullptr && settler_->known_before() != 0)
      log_warning(
          "{} charges of an earlier process were in the ledger already; CDR files may lack their lines",
          settler_->known_before());
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

/// True where the next one should begin at once.
bool ApplianceCharges::round() {
  try {
    const std::uint64_t began_ns = now_ns();
    const charge::Book* const before = settler_->book().get();
    if (reload_.exchange(false)) settler_->read_lists();
    const bool more_waits = settler_->settle(now_ns());
    if (settler_->book().get() != before) offer_book();
    tell();
    say_forgotten(now_ns());
    settled_ns_ = began_ns;
    usable_ = true;
    if (!last_said_.empty()) log("the ledger can be used again");
    last_said_.clear();
    return more_waits;
  } catch (const std::exception& error) {
    usable_ = false;
    say_once(fmt::format("{}; what is charged waits in the journal", error.what()));
    return false;
  }
}

std::uint64_t ApplianceCharges::waiting() const {
  std::uint64_t waiting = 0;
  for (const auto& journal : journals_) waiting += journal->waiting();
  return waiting;
}

TableUse ApplianceCharges::remembered_use() const { return recent_.use(now_ns()); }

ApplianceCharges::Health ApplianceCharges::health() const {
  const std::uint64_t now = now_ns();
  const std::uint64_t settled = settled_ns_;
  return {.usable = usable_,
          .waiting = waiting(),
          .settled_seconds_ago = now > settled ? static_cast<double>(now - settled) * 1e-9 : 0};
}

void ApplianceCharges::offer_book() {
  const std::lock_guard lock(mutex_);
  offered_ = settler_->book();
}

/// What the ledger told of accounts.
void ApplianceCharges::tell() {
  const charge::Settler::Told told = settler_->take_told();
  for (const charge::Ledger::Warning& warning : told.warnings)
    log_warning("{}", to_text(warning, account_of(warning.account)));
  if (told.released)
    log_warning(
        "what this appliance had put aside in the ledger was given back: by `tollgate account release`, or "
        "is there another appliance of the name {}?",
        ledger_settings_.appliance);
  for (const auto& [account, amount] : told.uncovered)
    log_error(
        "account {}: {} charged that the ledger had not put aside; was it restored from a backup, or this "
        "appliance released?",
        account_of(account), charge::write_amount(amount));
}

std::string ApplianceCharges::account_of(std::uint32_t number) const {
  return id_of(*settler_->book(), number);
}

/// What was lost of what is remembered, at most once a minute.
void ApplianceCharges::say_forgotten(std::uint64_t time_ns) {
  constexpr std::uint64_t minute_ns = 60 * second_ns;
  if (const std::uint64_t damaged = settler_->damaged(); damaged != damaged_said_) {
    log_error("{} events of the journals were damaged, and cannot be charged", damaged - damaged_said_);
    damaged_said_ = damaged;
  }
  const std::uint64_t evicted = recent_.evicted();
  if (evicted == evicted_said_ || time_ns - evicted_said_ns_ < minute_ns) return;
  log_warning(
      "{} charges were forgotten before the {} s of retry_seconds were over, as there are more than {} in "
      "that time: what is sent again of them is charged again",
      evicted - evicted_said_, window_ns_ / second_ns, remembered);
  evicted_said_ = evicted;
  evicted_said_ns_ = time_ns;
}

void ApplianceCharges::say_once(const std::string& what) {
  if (what == last_said_) return;
  last_said_ = what;
  log_error("{}", what);
}

void ApplianceCharges::keep_cdr() {
  if (cdr_ == nullptr) return;
  cdr_->keep(now_ns());
  say_cdr();
}

/// Once each, what keeps CDR files from being written, and what this cost.
void ApplianceCharges::say_cdr() {
  const std::string& trouble = cdr_->trouble();
  if (trouble != cdr_said_) {
    if (trouble.empty()) log("CDR files can be written again");
    else log_error("CDR: {}; lines wait in memory, and charging goes on", trouble);
    cdr_said_ = trouble;
  }
  if (cdr_->lost() == cdr_lost_said_) return;
  if (cdr_lost_said_ == 0 || trouble.empty() || stop_)
    log_error("CDR files lack the lines of {} charges, which the ledger has; more may follow", cdr_->lost());
  cdr_lost_said_ = cdr_->lost();
}

}  // namespace tollgate::cli
