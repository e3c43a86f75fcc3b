#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "charge/charge.hpp"
#include "charge/ledger_counted.hpp"
#include "charge/ledger_month.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

/// What leaked on a day: messages that nobody paid for.
struct LeakedSum {
  std::string day;  ///< `2026-11-22`, UTC, of the packets
  std::string
      kind;  ///< by what the origin is told: account, operator, service_centre, gt, system_id, link, unknown
  std::string origin;   ///< with kind `other`: empty
  std::string country;  ///< the recipients'
  std::string currency;
  std::int64_t messages = 0;
  Amount amount = 0;  ///< at the list price, with its fees
};

/// Of a month such as `2026-11` (UTC), by day, then the most first.
std::vector<LeakedSum> read_leakage(sql::Database& database, const std::string& month);

/// Counts what leaked, within transactions of who calls. Each message is counted once as long as its identity
/// is known.
class Leaks {
 public:
  /// Rows of a day; what comes from further origins is counted together, with the kind `other`.
  static constexpr std::int64_t most_a_day = 10'000;

  Leaks(sql::Database& database, Counted& counted);

  /// Those of `charges` at `indexes`, which leaked.
  void count(std::span<const Charge> charges, std::span<const std::uint32_t> indexes);

 private:
  void add(const LeakedSum& sum);
  std::string currency_of(std::uint32_t price);

  Counted& counted_;
  std::unique_ptr<sql::Statement> add_;
  std::unique_ptr<sql::Statement> rows_;
  std::unique_ptr<sql::Statement> insert_;
  std::unique_ptr<sql::Statement> price_;
  std::shared_ptr<const rules::TimeZone> utc_;
  std::map<std::string, std::int64_t> rows_of_days_;  ///< in the call in hand
};

}  // namespace tollgate::charge
