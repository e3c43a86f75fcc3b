#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "charge/accounts_file.hpp"
#include "charge/ledger.hpp"
#include "charge/ledger_backup.hpp"
#include "charge/ledger_store.hpp"
#include "charge/statement.hpp"
#include "control/audit_log.hpp"
#include "control/caller.hpp"

namespace tollgate::control {

/// Who keeps accounts, over the API or by `tollgate account`: what is changed in the ledger has a line in the
/// audit log before, with what was there, and another where it was not changed then. Each call opens the
/// ledger anew; an appliance learns of changes from the ledger itself.
class AccountDesk {
 public:
  /// `audit` may be null, for a ledger that is no appliance's. `terms`: of invoices.
  AccountDesk(charge::LedgerSettings ledger, AuditLog* audit, charge::Invoice::Terms terms = {})
      : settings_(std::move(ledger)), audit_(audit), terms_(terms) {}

  // All of them throw charge::LedgerError, of which the reason `refused` says that nothing is wrong with the
  // ledger, and those that change something AuditError.

  /// All accounts, and what they have: amounts in millionths.
  nlohmann::ordered_json accounts(std::uint64_t now_ns) const;
  /// All of one, with so many of its last movements.
  nlohmann::ordered_json account(const std::string& id, std::int64_t movements, std::uint64_t now_ns) const;
  /// `month`: as 2026-11; empty: this one.
  charge::AccountStatement statement(const std::string& id, const std::string& month,
                                     std::uint64_t now_ns) const;
  charge::Invoice invoice(const std::string& id, const std::string& month, std::uint64_t now_ns) const;

  /// Money that came in for an account.
  struct Money {
    bool is_credit = true;  ///< that a prepaid account bought; else what a postpaid one paid
    charge::Amount amount = 0;
    std::string reference;  ///< of the payment
  };
  /// Books it, once by its reference. Gives the account, and whether it was booked now: where it was not, a
  /// line of the audit log tells so.
  nlohmann::ordered_json bring_in(const Caller& by, const std::string& id, const Money& money,
                                  std::uint64_t now_ns) const;
  nlohmann::ordered_json suspend(const Caller& by, const std::string& id, const std::string& reason,
                                 std::uint64_t now_ns) const;
  nlohmann::ordered_json resume(const Caller& by, const std::string& id, std::uint64_t now_ns) const;
  /// Undoes a movement, once; gives the number of the one that does.
  std::int64_t correct(const Caller& by, std::int64_t movement, const std::string& reference,
                       std::uint64_t now_ns) const;
  /// Takes the interest of an invoice that is not booked yet.
  charge::Invoice book_interest(const Caller& by, const std::string& id, const std::string& month,
                                std::uint64_t now_ns) const;
  /// What came of a file of accounts.
  struct Imported {
    bool is_taken = false;  ///< else nothing is changed, and the findings tell why
    std::size_t accounts = 0;
    std::size_t prices = 0;
    std::size_t senders = 0;
    std::vector<std::string> findings;
  };
  /// Takes the accounts, prices and senders in `content`, of a file of that name: CSV where it ends so, else
  /// YAML. Makes the ledger where there is none.
  Imported import(const Caller& by, const std::string& file, const std::string& content,
                  std::uint64_t now_ns) const;
  /// Gives back what an appliance has put aside.
  std::vector<charge::LedgerStore::Released> release(const Caller& by, const std::string& appliance,
                                                     bool even_if_seen, std::uint64_t now_ns) const;
  /// Puts a backup in the place of the ledger, unless there is a fault in it.
  charge::Restored restore(const Caller& by, const std::string& file, bool while_in_use) const;

 private:
  using Json = nlohmann::ordered_json;

  void note(const Caller& by, const std::string& what, const Json& before, const Json& after) const;
  void change(const Caller& by, const std::string& what, const Json& before, const Json& after,
              const std::function<void()>& make) const;
  bool declare(const Caller& by, const charge::Declared& declared, const Json& counts, std::uint64_t now_ns,
               rules::Findings& findings) const;
  Json change_account(const Caller& by, const std::string& what, const std::string& id, Json after,
                      std::uint64_t now_ns, const std::function<bool(charge::LedgerStore&)>& make) const;

  charge::LedgerSettings settings_;
  AuditLog* audit_;
  charge::Invoice::Terms terms_;
};

}  // namespace tollgate::control
