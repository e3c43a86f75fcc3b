#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "charge/account.hpp"
#include "charge/charge.hpp"
#include "charge/ledger_error.hpp"
#include "rules/finding.hpp"

namespace tollgate::charge {

/// Where a ledger is kept.
struct LedgerSettings {
  std::string sqlite;      ///< path of the file, made at first use; empty: in memory, gone with the process
  std::string postgresql;  ///< libpq's connection string; set: instead of SQLite
  std::string appliance;   ///< whose quotas these are: a name of its own for each appliance on one ledger

  /// The whole path of the file that tells who changes the ledger. One in a file remembers it, when it is
  /// opened to be changed; empty: as it was.
  std::string audit = {};

  /// For how long the ledger knows which unpaid messages it has counted: an appliance writes the same again
  /// only where it was killed before it knew that it had, and there may be thousands a second.
  std::uint64_t unpaid_known_for_ns = 600'000'000'000;

  /// Whether there is no file, so that a new ledger is made.
  bool names_no_ledger_yet() const;
};

struct Declared;

/// Accounts, prices, movements of money and chargeable events, durably. Every call is one transaction. Not
/// for two threads at once; several processes may have the same ledger open.
class Ledger {
 public:
  /// Opens it, makes it where there is none, brings an older schema up to date. Throws LedgerError.
  static std::unique_ptr<Ledger> open(const LedgerSettings& settings);
  /// A ledger in memory, for one process, that begins with the accounts, prices and balances of the ledger in
  /// an SQLite file: also with what appliances have put aside of them and not spent. It knows none of its
  /// events, so that what was charged there can be charged here. The file is only read. Throws LedgerError.
  static std::unique_ptr<Ledger> open_copy(const std::string& path, const std::string& appliance);
  virtual ~Ledger() = default;

  /// What is in force, for the packet path.
  struct InForce {
    std::string id;  ///< of this ledger, a UUID: what was journalled for one is settled with no other
    std::uint64_t version = 0;              ///< changes with any of the rest
    std::array<std::uint64_t, 4> secret{};  ///< of this ledger: keys the identities of application retries
    std::vector<Account> accounts;
    std::vector<PriceLine> prices;
  };
  virtual InForce in_force() = 0;
  virtual std::uint64_t version() = 0;

  /// What an account may be charged still, put aside for this appliance.
  struct Wish {
    std::uint32_t account = 0;
    Amount amount = 0;  ///< above 0: wanted; below 0: given back; 0: only to know what is put aside
  };
  struct Grant {
    std::uint32_t account = 0;
    Amount amount = 0;  ///< put aside now: at most what was wished; or what was given back, below 0
    /// Less than was wished is to be had: credit, or a limit, is used up. Where nothing at all was, the
    /// account is suspended from now on, for the reason `limit`; what appliances have put aside they can
    /// spend all the same.
    bool at_limit = false;
  };
  /// A share of a limit, or of the credit bought last, that was passed. Each is told once.
  struct Warning {
    enum class Kind : std::uint8_t { credit, month, total };
    std::uint32_t account = 0;
    Kind kind = Kind::credit;
    std::uint8_t percent = 0;
  };
  struct AccountAmount {
    std::uint32_t account = 0;
    Amount amount = 0;
  };
  struct Settled {
    std::vector<Grant> grants;  ///< one a wish
    /// By the index of `charges`, in ascending order: those that the ledger had already. Their amounts are
    /// still put aside.
    std::vector<std::uint32_t> known;
    std::vector<Warning> warnings;
    /// Of what was charged, what this appliance had not put aside: taken from the accounts' credit
    /// nevertheless, even where that goes below what it may. Only where a ledger was restored from before, or
    /// where the appliance was released.
    std::vector<AccountAmount> uncovered;
    /// All that is put aside for this appliance now, of each account that a charge or a wish is of; of all of
    /// its accounts where it was released.
    std::vector<AccountAmount> aside;
    /// Since the last call another gave back what this appliance had put aside: a person, who thought that it
    /// never comes back, or an appliance of the same name.
    bool released = false;
  };
  /// Writes down what was charged and puts aside what is wished, in one durable transaction. A charge is one
  /// that the ledger has already where one of the same identity and time is. What is unpaid is counted, and
  /// not among the charges that were known. `time_ns`: now, by the clock that months are told by; it lifts
  /// what a limit of a past month suspended. Throws LedgerError: nothing is changed then, or all is, where
  /// the server of the ledger was lost before it could say so.
  virtual Settled settle(std::span<const Charge> charges, std::span<const Wish> wishes,
                         std::uint64_t time_ns) = 0;

  /// From now on no other process is the same appliance, while this lives. Throws LedgerError where one is.
  virtual void hold_name() = 0;

  /// Whether it has the event of this identity and time.
  virtual bool has(const MessageId& id, std::uint64_t time_ns) = 0;

  /// What this appliance has put aside and not spent goes back: at its start, once its journal is settled.
  virtual void release_all(std::uint64_t time_ns) = 0;

  /// Calls `take` with the identities of what was charged from that time on.
  virtual void for_each_charge_since(std::uint64_t time_ns,
                                     const std::function<void(const MessageId& id, const MessageId& retry,
                                                              std::uint64_t charged_ns)>& take) = 0;

  /// Takes accounts and prices as they were declared in a file. Where they do not agree with the ledger, this
  /// is said in `findings`, nothing is changed, and false is given.
  virtual bool declare(const Declared& declared, std::uint64_t time_ns, rules::Findings& findings) = 0;
};

}  // namespace tollgate::charge
