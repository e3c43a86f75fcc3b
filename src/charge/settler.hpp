#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "charge/book.hpp"
#include "charge/charge.hpp"
#include "charge/journal.hpp"
#include "charge/ledger.hpp"
#include "charge/quotas.hpp"
#include "charge/recent_charges.hpp"

namespace tollgate::charge {

/// Stands between the packet path and the ledger: writes down what was charged, in groups, and keeps quotas
/// filled ahead of what is spent. Off the packet path, on one thread.
///
/// At any moment what the ledger has put aside for this appliance is what the quotas have left and what the
/// journals hold.
class Settler {
 public:
  struct Settings {
    /// What a quota is filled to at first, in what one message costs at most; it follows what is spent. 0:
    /// all that there is, for a ledger that nobody else uses.
    std::uint32_t first_quota_messages = 1'000;
    /// What was charged so long ago is not looked for.
    std::uint64_t window_ns = 300'000'000'000;
  };

  /// Told what the ledger has settled: each charge once, and not those that the ledger had already, and what
  /// leaked. It must not throw. `book` knows the charges' accounts.
  using Settled = std::function<void(const Book& book, std::span<const Charge> charges)>;

  /// All but `ledger` must outlive it.
  Settler(std::unique_ptr<Ledger> ledger, Quotas& quotas, RecentCharges& recent,
          std::vector<Journal*> journals, Book::ListNamed list_named, const Settings& settings,
          Settled settled = {});

  /// What an earlier process left in the journals goes to the ledger, what it had put aside goes back, quotas
  /// are filled for the first time, and what was charged lately is known. Once, before anything is charged.
  /// Throws LedgerError.
  void begin(std::uint64_t time_ns);

  /// One round. True where so much waits meanwhile that the next should begin at once. Throws LedgerError:
  /// the next round has it then, whether it was written down or not, and quotas are not filled meanwhile.
  bool settle(std::uint64_t time_ns);

  /// The last round: nothing is charged any more, and nothing stays put aside. Throws LedgerError.
  void end(std::uint64_t time_ns);

  /// The lists that accounts name are read anew: with the next round there is another book.
  void read_lists() { version_ = 0; }

  /// Who pays what. Another one after a round in which the ledger's data changed.
  const std::shared_ptr<const Book>& book() const { return book_; }

  Ledger& ledger() { return *ledger_; }

  /// Events that the ledger had already, written before by another process or a replay: not charged again.
  std::uint64_t known_before() const { return known_before_; }

  /// Events of journals that nobody can read.
  std::uint64_t damaged() const { return damaged_; }

  /// What the ledger told since this was called last.
  struct Told {
    std::vector<Ledger::Warning> warnings;
    std::vector<Ledger::AccountAmount> uncovered;
    bool released = false;  ///< what this appliance had put aside was given back by another
  };
  Told take_told() { return std::exchange(told_, {}); }

 private:
  /// How an account's quota is filled.
  struct Filling {
    Amount target = 0;
    Amount spent = 0;  ///< in the round in hand
    std::uint64_t last_spent_ns = 0;
    std::uint64_t refused_ns = 0;  ///< when less was granted than wished; 0: never, or not since
    Amount aside = 0;              ///< in the ledger for this appliance, when it said so last
    Amount withheld = 0;           ///< taken of the quota, to be given back to the ledger
    bool unsure = false;           ///< a round failed: the ledger may have done what was wished
  };

  void load_book();
  void collect();
  void wish(std::uint64_t time_ns);
  Amount wish_of(const Payer& payer, Filling& filling, std::uint64_t time_ns);
  void round(std::uint64_t time_ns);
  void tell_settled(const Ledger::Settled& settled) const;
  void release_journals();
  void keep_told(const Ledger::Settled& settled);
  Amount first_target(const Payer& payer) const;

  std::unique_ptr<Ledger> ledger_;
  Quotas& quotas_;
  RecentCharges& recent_;
  std::vector<Journal*> journals_;
  Book::ListNamed list_named_;
  const Settings settings_;
  const Settled settled_;
  std::shared_ptr<const Book> book_;
  std::uint64_t ledger_digest_ = 0;
  std::uint64_t version_ = 0;
  absl::flat_hash_map<std::uint32_t, Filling> fillings_;  ///< by account

  // Of the round in hand:
  std::vector<Charge> room_;           ///< as many charges as a round takes
  std::size_t charges_ = 0;            ///< in it
  std::vector<std::uint32_t> places_;  ///< by journal: taken by those charges
  std::vector<Ledger::Wish> wishes_;
  std::uint64_t known_before_ = 0;
  std::uint64_t damaged_ = 0;
  std::uint64_t last_round_ns_ = 0;
  Told told_;
};

}  // namespace tollgate::charge
