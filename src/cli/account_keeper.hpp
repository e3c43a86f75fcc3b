#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

  /// In which an invoice or statement is printed.
  enum class Form : std::uint8_t { text, csv, json };

  /// As control::AccountDesk has them.
  virtual nlohmann::ordered_json accounts() const = 0;
  virtual nlohmann::ordered_json account(const std::string& account, std::uint32_t movements) const = 0;
  virtual std::string statement(const std::string& account, const std::string& month, Form form) const = 0;
  virtual std::string invoice(const std::string& account, const std::string& month, Form form) const = 0;
  virtual void book_interest(const std::string& account, const std::string& month) const = 0;
  virtual nlohmann::ordered_json bring_in(const std::string& account,
                                          const control::AccountDesk::Money& money) const = 0;
  virtual void suspend(const std::string& account, const std::string& reason) const = 0;
  virtual void resume(const std::string& account) const = 0;
  virtual std::int64_t correct(std::int64_t movement, const std::string& reference) const = 0;
  virtual std::vector<charge::LedgerStore::Released> release(const std::string& appliance,
                                                             bool force) const = 0;
  virtual control::AccountDesk::Imported import(const std::string& file,
                                                const std::string& content) const = 0;
};

}  // namespace tollgate::cli
