#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "control/account_desk.hpp"

namespace tollgate::cli {

/// Who does what commands ask of accounts that the control API has, too: the running appliance, or this
/// process. What they answer, and what they throw, reads the same.
class AccountKeeper {
 public:
  AccountKeeper() = default;
  virtual ~AccountKeeper() = default;
  AccountKeeper(const AccountKeeper&) = delete;
  AccountKeeper& operator=(const AccountKeeper&) = delete;

  /// As control::AccountDesk has them.
  virtual nlohmann::ordered_json accounts() const = 0;
  virtual nlohmann::ordered_json bring_in(const std::string& account,
                                          const control::AccountDesk::Money& money) const = 0;
  virtual void suspend(const std::string& account, const std::string& reason) const = 0;
  virtual void resume(const std::string& account) const = 0;
};

}  // namespace tollgate::cli
