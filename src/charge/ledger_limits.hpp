#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "charge/ledger.hpp"
#include "charge/ledger_month.hpp"
#include "charge/ledger_movements.hpp"

namespace tollgate::charge {

/// What an account may still spend, within transactions of who calls.
class Limits {
 public:
  /// An account, as far as it matters here.
  struct Standing {
    std::uint32_t account = 0;
    std::string id;
    std::string currency;
    bool prepaid = true;
    bool suspended = false;
    std::string reason;
    std::optional<Amount> monthly_limit;
    std::optional<Amount> total_limit;
    std::vector<std::uint8_t> warn_at_percent;
    std::shared_ptr<const rules::TimeZone> zone;
  };

  Limits(sql::Database& database, Movements& movements);

  /// Forgets what it read: at the start of each transaction.
  void begin();
  bool knows(std::uint32_t account);
  /// Throws LedgerError where there is no such account.
  Standing& standing(std::uint32_t account);
  /// Where there is no such account, makes one for what was charged to it by that price line: nobody knows
  /// whose it was. Its number is never another account's, and nothing more is charged to it.
  void make_where_unknown(std::uint32_t account, std::uint32_t price);

  /// What can be put aside still; never below 0.
  Amount available(const Standing& standing, std::uint64_t time_ns);
  /// What its events of the month cost, so far, but for what corrections gave back.
  Amount used(const Standing& standing, const std::string& month);

  /// Suspends the account for the reason `limit`, or a person's.
  void suspend(Standing& standing, const std::string& reason);
  void resume(Standing& standing);
  /// Lifts a suspension for the reason `limit`, where there is something to be had again.
  void lift(Standing& standing, std::uint64_t time_ns);
  /// Once a transaction failed.
  void forget() { lifted_at_ = 0; }
  /// The same for all accounts, where this was not done in these fifteen minutes: months begin in them.
  void lift_all(std::uint64_t time_ns);
  /// Adds those of its warnings that were not told before.
  void warn(const Standing& standing, std::uint64_t time_ns, std::vector<Ledger::Warning>& warnings);

  /// Whether the status of an account changed since `begin`.
  bool changed() const { return changed_; }

 private:
  sql::Database& database_;
  Movements& movements_;
  std::unique_ptr<sql::Statement> account_;
  std::unique_ptr<sql::Statement> used_;
  std::unique_ptr<sql::Statement> set_status_;
  std::unique_ptr<sql::Statement> at_limit_;
  std::unique_ptr<sql::Statement> purchase_;
  std::unique_ptr<sql::Statement> add_warning_;
  std::map<std::uint32_t, Standing> standings_;
  std::map<std::string, std::shared_ptr<const rules::TimeZone>> zones_;
  std::uint64_t lifted_at_ = 0;
  bool changed_ = false;
};

/// `80,95`
std::vector<std::uint8_t> read_percents(std::string_view text);
std::string write_percents(const std::vector<std::uint8_t>& percents);

}  // namespace tollgate::charge
