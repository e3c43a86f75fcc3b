#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "charge/ledger.hpp"
#include "charge/ledger_store.hpp"
#include "control/audit_log.hpp"
#include "control/caller.hpp"

namespace tollgate::control {

/// Who keeps accounts, over the API or by `tollgate account`: what is changed in the ledger has a line in the
/// audit log before, and another where it was not changed then. Each call opens the ledger anew; an appliance
/// learns of changes from the ledger itself.
class AccountDesk {
 public:
  /// `audit` may be null, for a ledger that is no appliance's.
  AccountDesk(charge::LedgerSettings ledger, AuditLog* audit) : settings_(std::move(ledger)), audit_(audit) {}

  // All of them throw charge::LedgerError, of which the reason `refused` says that nothing is wrong with the
  // ledger, and, but for the first two, AuditError.

  /// All accounts, and what they have: amounts in millionths.
  nlohmann::ordered_json accounts(std::uint64_t now_ns) const;
  nlohmann::ordered_json account(const std::string& id, std::uint64_t now_ns) const;

  /// Money that came in for an account.
  struct Money {
    bool is_credit = true;  ///< that a prepaid account bought; else what a postpaid one paid
    charge::Amount amount = 0;
    std::string reference;  ///< of the payment
  };
  /// Books it, once by its reference. Gives the account, and whether it was booked now.
  nlohmann::ordered_json bring_in(const Caller& by, const std::string& id, const Money& money,
                                  std::uint64_t now_ns) const;
  nlohmann::ordered_json suspend(const Caller& by, const std::string& id, const std::string& reason,
                                 std::uint64_t now_ns) const;
  nlohmann::ordered_json resume(const Caller& by, const std::string& id, std::uint64_t now_ns) const;

  /// Makes any other change behind such a line.
  void change(const Caller& by, const std::string& what, const nlohmann::ordered_json& before,
              const nlohmann::ordered_json& after, const std::function<void()>& make) const;

 private:
  nlohmann::ordered_json change_account(const Caller& by, const std::string& what, const std::string& id,
                                        nlohmann::ordered_json after, std::uint64_t now_ns,
                                        const std::function<void(charge::LedgerStore&)>& make) const;

  charge::LedgerSettings settings_;
  AuditLog* audit_;
};

}  // namespace tollgate::control
