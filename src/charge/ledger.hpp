#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "charge/account.hpp"
#include "charge/charge.hpp"

namespace tollgate::charge {

/// Where a ledger is kept.
struct LedgerSettings {
  std::string sqlite;      ///< path of the file, made at first use; empty: in memory, gone with the process
  std::string postgresql;  ///< libpq's connection string; set: instead of SQLite
  std::string appliance;   ///< whose quotas these are: a name of its own for each appliance on one ledger
};

/// What went wrong with the ledger: which one, what, and what to do.
struct LedgerError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Accounts, prices, movements of money and chargeable events, durably. Every call is one transaction. Not for
/// two threads at once; several processes may have the same ledger open.
class Ledger {
 public:
  /// Opens it, makes it where there is none, brings an older schema up to date. Throws LedgerError.
  static std::unique_ptr<Ledger> open(const LedgerSettings& settings);
  virtual ~Ledger() = default;

  /// What is in force, for the packet path.
  struct InForce {
    std::uint64_t version = 0;  ///< changes with any of the rest
    std::array<std::uint64_t, 4> secret{};  ///< of this ledger: keys the identities of application retries
    std::vector<Account> accounts;
    std::vector<PriceLine> prices;
  };
  virtual InForce in_force() = 0;
  virtual std::uint64_t version() = 0;

  /// What an account may be charged still, put aside for this appliance.
  struct Wish {
    std::uint32_t account = 0;
    Amount amount = 0;  ///< above 0: wanted; below 0: given back
  };
  struct Grant {
    std::uint32_t account = 0;
    Amount amount = 0;         ///< put aside now: at most what was wished; or what was given back, below 0
    bool at_limit = false;     ///< nothing more is to be had: its credit, or a limit, is used up
  };
  struct Settled {
    std::vector<Grant> grants;  ///< one a wish
    /// By the index of `charges`, in ascending order: those that the ledger had already. Their amounts are
    /// still put aside.
    std::vector<std::uint32_t> known;
  };
  /// Writes down what was charged and puts aside what is wished, in one durable transaction. `time_ns`: now, by
  /// the clock that months are told by. Throws LedgerError: nothing is changed then.
  virtual Settled settle(std::span<const Charge> charges, std::span<const Wish> wishes, std::uint64_t time_ns) = 0;

  /// What this appliance has put aside and not spent goes back: at its start, once its journal is settled.
  virtual void release_all(std::uint64_t time_ns) = 0;

  /// Calls `take` with the identities of what was charged from that time on.
  virtual void for_each_charge_since(std::uint64_t time_ns,
                                     const std::function<void(const MessageId& id, const MessageId& retry,
                                                              std::uint64_t charged_ns)>& take) = 0;
};

}  // namespace tollgate::charge
