#include "cli/rollup_keeper.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "record/rollup_aside.hpp"

namespace tollgate::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_writes = 2s;
constexpr auto between_tidyings = 60s;
constexpr std::size_t most_waiting = 500'000;  // some hundred MiB
constexpr int priority = 10;
constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

RollupKeeper::RollupKeeper(const record::RollupSettings& settings, record::Rollups& rollups)
    : settings_(settings), rollups_(rollups), pending_(most_waiting) {
  try {
    store_.emplace(settings_);
  } catch (const record::UnusableRollups& error) {
    begin_anew(error);
  }
  thread_ = std::thread([this] { work(); });
}

RollupKeeper::~RollupKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void RollupKeeper::name_rules(const rules::Ruleset& ruleset) {
  std::vector<record::NamedRule> named;
  for (const rules::Rule& rule : ruleset.rules) named.push_back({rule.id, rule.rev, rule.state, rule.name});
  const std::lock_guard lock(mutex_);
  rules_ = std::move(named);
  rules_are_new_ = true;
}

void RollupKeeper::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), priority);
  auto tidied = std::chrono::steady_clock::now();
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, between_writes, [this] { return stop_; });
    const bool last = stop_;
    lock.unlock();
    write();
    if (last) return;
    if (const auto now = std::chrono::steady_clock::now(); !failing_ && now - tidied >= between_tidyings) {
      if (tidy()) tidied = now;
    }
  }
}

/// False where there is more to do.
bool RollupKeeper::tidy() {
  try {
    return store_->tidy(static_cast<std::int64_t>(now_ns()) / second_ns);
  } catch (const record::UnusableRollups& error) {
    begin_anew_or_say(error);
  } catch (const std::exception& error) {
    say(error);
  }
  return true;
}

/// What was counted since, unless too much waits.
void RollupKeeper::take() {
  const std::size_t lost = pending_.add(rollups_.take());
  waiting_ = pending_.size();
  lost_ += lost;
  if (lost != 0 && std::exchange(lost_since_failing_, lost_since_failing_ + lost) == 0)
    log_error(
        "{} counts wait for the file of reports, and there is room for no more: what comes is lost to "
        "reports",
        waiting_.load());
}

void RollupKeeper::write() {
  take();
  try {
    if (!store_) store_.emplace(settings_);
    name_rules();
    while (!pending_.empty()) {
      store_->add(pending_.first());
      pending_.remove_first();
      waiting_ = pending_.size();
    }
    works_again();
  } catch (const record::UnusableRollups& error) {
    begin_anew_or_say(error);
  } catch (const std::exception& error) {
    say(error);
  }
}

void RollupKeeper::works_again() {
  if (!failing_.exchange(false)) return;
  const std::uint64_t lost = std::exchange(lost_since_failing_, 0);
  if (lost == 0) log("the file of reports can be written again; nothing was lost");
  else log("the file of reports can be written again; {} counts were lost", lost);
}

/// In the file, where it has others.
void RollupKeeper::name_rules() {
  std::vector<record::NamedRule> named;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(rules_are_new_, false)) return;
    named = rules_;
  }
  try {
    store_->name_rules(named);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    rules_are_new_ = true;
    throw;
  }
}

/// What waits in memory is written to the new file.
void RollupKeeper::begin_anew(const std::exception& error) {
  store_.reset();
  const std::string aside = record::put_rollups_aside(settings_.file, now_ns());
  log_error("{}; it was put aside as {}, and reports begin anew", error.what(), aside);
  {
    const std::lock_guard lock(mutex_);
    rules_are_new_ = true;
  }
  store_.emplace(settings_);
}

void RollupKeeper::begin_anew_or_say(const std::exception& error) {
  try {
    begin_anew(error);
  } catch (const std::exception& another) {
    say(another);
  }
}

void RollupKeeper::say(const std::exception& error) {
  if (!failing_.exchange(true))
    log_error("{}; what reports count waits in memory until it can be written", error.what());
}

}  // namespace tollgate::cli
