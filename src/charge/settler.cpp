#include "charge/settler.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {
namespace {

/// Charges: while they are settled, as many may come.
constexpr std::size_t most_a_round = Journal::capacity / 2;
constexpr std::uint32_t much_waits = Journal::capacity / 16;  ///< in one journal
constexpr Amount everything = 1'000'000'000 * unit;           ///< more than there is
constexpr std::uint64_t asks_again_ns = 1'000'000'000;        ///< where there was not enough
constexpr std::uint64_t gives_back_ns = 30'000'000'000;       ///< what was put aside, where nobody spends it
constexpr Amount rounds_ahead = 8;
constexpr std::uint64_t shows_life_ns = 60'000'000'000;  ///< at least as often, where nothing happens

}  // namespace

Settler::Settler(std::unique_ptr<Ledger> ledger, Quotas& quotas, RecentCharges& recent,
                 std::vector<Journal*> journals, Book::ListNamed list_named, const Settings& settings,
                 Settled settled)
    : ledger_(std::move(ledger)),
      quotas_(quotas),
      recent_(recent),
      journals_(std::move(journals)),
      list_named_(std::move(list_named)),
      settings_(settings),
      settled_(std::move(settled)),
      room_(most_a_round),
      places_(journals_.size()) {}

void Settler::begin(std::uint64_t time_ns) {
  ledger_->hold_name();
  load_book();
  for (Journal* journal : journals_) {
    if (journal->waiting() != 0 && journal->ledger() != ledger_digest_)
      throw LedgerError(
          "the journal holds charges of another ledger: name that one in the configuration once, or move the "
          "journal away");
    journal->belong_to(ledger_digest_);
  }
  do {
    collect();
    const Ledger::Settled settled = ledger_->settle(std::span(room_).first(charges_), {}, time_ns);
    tell_settled(settled);
    keep_told(settled);
    release_journals();
  } while (
      std::any_of(journals_.begin(), journals_.end(), [](const Journal* j) { return j->waiting() != 0; }));
  ledger_->release_all(time_ns);
  load_book();
  const std::uint64_t since = time_ns > settings_.window_ns ? time_ns - settings_.window_ns : 0;
  ledger_->for_each_charge_since(since, [&](const MessageId&, const MessageId& retry,
                                            std::uint64_t charged_ns) { recent_.claim(retry, charged_ns); });
  charges_ = 0;
  for (auto& [account, filling] : fillings_) filling = {};
  std::fill(places_.begin(), places_.end(), 0U);
  wish(time_ns);
  round(time_ns);
}

bool Settler::settle(std::uint64_t time_ns) {
  if (ledger_->version() != version_) load_book();
  collect();
  wish(time_ns);
  const bool was_long_ago = time_ns < last_round_ns_ || time_ns - last_round_ns_ > shows_life_ns;
  const bool waits = std::any_of(places_.begin(), places_.end(), [](std::uint32_t n) { return n != 0; });
  if (waits || !wishes_.empty() || was_long_ago) round(time_ns);
  return std::any_of(journals_.begin(), journals_.end(),
                     [](const Journal* j) { return j->waiting() >= much_waits; });
}

void Settler::end(std::uint64_t time_ns) {
  while (
      std::any_of(journals_.begin(), journals_.end(), [](const Journal* j) { return j->waiting() != 0; })) {
    collect();
    wishes_.clear();
    round(time_ns);
  }
  for (const Payer& payer : book_->payers()) {
    payer.quota->left.store(0);
    payer.quota->at_limit.store(false);
  }
  ledger_->release_all(time_ns);
}

void Settler::load_book() {
  Ledger::InForce data = ledger_->in_force();
  const std::uint64_t version = data.version;
  ledger_digest_ = XXH3_64bits(data.id.data(), data.id.size()) | 1U;
  book_ = std::make_shared<const Book>(std::move(data), quotas_, list_named_);
  version_ = version;
  for (const Payer& payer : book_->payers()) {
    // At a limit its quota is empty, or has a rest that may be spent.
    const Account& account = payer.account;
    payer.quota->suspended.store(account.status == Status::suspended && account.reason != limit_reason);
  }
}

/// The oldest events of all journals, as many as a round takes.
void Settler::collect() {
  charges_ = 0;
  for (auto& [account, filling] : fillings_) filling.spent = 0;
  for (std::size_t i = 0; i < journals_.size(); ++i) {
    const Journal::Events events = journals_[i]->read(std::span(room_).subspan(charges_));
    places_[i] = events.places;
    charges_ += events.charges.size();
  }
  for (const Charge& charge : std::span(room_).first(charges_)) {
    if (charge.paid()) fillings_[charge.account].spent += charge.amount + charge.fees;
  }
}

void Settler::wish(std::uint64_t time_ns) {
  wishes_.clear();
  for (const Payer& payer : book_->payers()) {
    Filling& filling = fillings_[payer.number];
    const Amount amount = wish_of(payer, filling, time_ns);
    // What is given back can be spent no more from now on.
    const bool gives_back = amount < 0 && payer.quota->take(-amount);
    if (gives_back) filling.withheld -= amount;
    if (amount > 0 || gives_back) wishes_.push_back({payer.number, amount});
    else if (filling.unsure) wishes_.push_back({payer.number, 0});
  }
}

/// What is to be added to a quota, or given back of it.
Amount Settler::wish_of(const Payer& payer, Filling& filling, std::uint64_t time_ns) {
  const Amount left = payer.quota->left.load(std::memory_order_relaxed);
  if (payer.quota->suspended.load(std::memory_order_relaxed)) return -std::max<Amount>(left, 0);
  const Amount first = first_target(payer);
  filling.target = std::max({filling.target, first, filling.spent * rounds_ahead});
  if (filling.spent != 0 || filling.last_spent_ns > time_ns) filling.last_spent_ns = time_ns;
  const bool idle = time_ns - filling.last_spent_ns > gives_back_ns;
  if (idle) filling.target = first;
  if (idle && left > first) return first - left;
  if (left >= filling.target / 2) return 0;
  // A clock that was set back is no reason to wait.
  if (filling.refused_ns != 0 && filling.refused_ns <= time_ns &&
      time_ns - filling.refused_ns < asks_again_ns)
    return 0;
  return filling.target - left;
}

Amount Settler::first_target(const Payer& payer) const {
  return settings_.first_quota_messages == 0 ? everything : payer.dearest * settings_.first_quota_messages;
}

/// Charges and wishes of the round go to the ledger, and what this says to the quotas.
void Settler::round(std::uint64_t time_ns) {
  Ledger::Settled settled;
  try {
    settled = ledger_->settle(std::span(room_).first(charges_), wishes_, time_ns);
  } catch (...) {
    for (const Ledger::Wish& wish : wishes_) fillings_[wish.account].unsure = true;
    throw;
  }
  last_round_ns_ = time_ns;
  tell_settled(settled);
  release_journals();
  keep_told(settled);
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    if (wishes_[i].amount <= 0) continue;
    const Ledger::Grant& grant = settled.grants[i];
    // Before the money: who finds none must not take that for the end.
    quotas_.of(grant.account).at_limit.store(grant.at_limit);
    fillings_[grant.account].refused_ns = grant.at_limit ? time_ns : 0;
  }
  // What was granted is not added up: a round that failed may be in the ledger all the same. What there is
  // more than before, or less, but not by what was charged and given back, is the quota's.
  for (const auto& [account, amount] : settled.aside) {
    Filling& filling = fillings_[account];
    const Amount before = std::exchange(filling.aside, amount);
    quotas_.of(account).give(amount - before + filling.spent + std::exchange(filling.withheld, 0));
    filling.unsure = false;
  }
}

void Settler::keep_told(const Ledger::Settled& settled) {
  known_before_ += settled.known.size();
  told_.warnings.insert(told_.warnings.end(), settled.warnings.begin(), settled.warnings.end());
  told_.released |= settled.released;
  told_.uncovered.insert(told_.uncovered.end(), settled.uncovered.begin(), settled.uncovered.end());
}

/// What stands between those that were known.
void Settler::tell_settled(const Ledger::Settled& settled) const {
  if (!settled_) return;
  std::size_t from = 0;
  const auto tell_up_to = [&](std::size_t to) {
    if (from < to) settled_(*book_, std::span(room_).subspan(from, to - from));
    from = to + 1;
  };
  for (const std::uint32_t index : settled.known) tell_up_to(index);
  tell_up_to(charges_);
}

void Settler::release_journals() {
  for (std::size_t i = 0; i < journals_.size(); ++i) journals_[i]->release(places_[i]);
  damaged_ += std::accumulate(places_.begin(), places_.end(), std::uint64_t{0}) - charges_;
}

}  // namespace tollgate::charge
