#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "charge/ledger.hpp"
#include "charge/ledger_appliances.hpp"
#include "charge/ledger_counted.hpp"
#include "charge/ledger_hash.hpp"
#include "charge/ledger_leaks.hpp"
#include "charge/ledger_limits.hpp"
#include "charge/ledger_movements.hpp"
#include "charge/ledger_refusals.hpp"

namespace tollgate::charge {

/// Writes down charges and puts aside what is wished, within a transaction of who calls.
class Settlement {
 public:
  Settlement(sql::Database& database, Movements& movements, Limits& limits, std::string appliance,
             std::uint64_t unpaid_known_for_ns);

  Ledger::Settled settle(std::span<const Charge> charges, std::span<const Ledger::Wish> wishes,
                         std::uint64_t time_ns);
  /// Gives back all that the appliance has put aside.
  void release_all(std::uint64_t time_ns);
  /// The same of another one, for a person. Gives what that was, by account.
  std::vector<Ledger::AccountAmount> release(const std::string& appliance, std::string_view made_by,
                                             std::uint64_t time_ns);
  /// At the start of each transaction.
  void begin();
  /// Once a transaction failed: what was numbered in it has no number.
  void forget();

 private:
  /// Of one account in one call.
  struct Part;

  void sort(std::span<const Charge> charges);
  void charge(std::span<const Charge> charges, std::span<const std::uint32_t> indexes, std::uint64_t time_ns,
              Ledger::Settled& settled);
  void count_unpaid(std::span<const Charge> charges, std::span<const std::uint32_t> indexes);
  /// An event to be written, with what follows from where it stands.
  struct Row {
    EventRecord event;
    Hash hash{};
    std::int64_t heading = 0;
  };
  static constexpr std::size_t rows_together = 16;  ///< in one statement

  Row row_of(const Charge& charge, const Part& part, std::int64_t sequence, const Hash& before);
  void add_row(sql::Statement& statement, const Row& row);
  /// False where the ledger has it already.
  bool write(const Charge& charge, Part& part);
  /// The same of as many as stand in one statement: all, or none where the ledger has some of them already.
  bool write_together(std::span<const Charge> charges, std::span<const std::uint32_t> indexes, Part& part);
  void count(const Charge& charge, const Row& row, Part& part);
  [[noreturn]] void fail_beyond_chain(const Part& part) const;
  void count_fees(const Charge& charge, Part& part);
  void count_month(const Charge& charge, Part& part);
  void post(Part& part, std::uint64_t time_ns, Ledger::Settled& settled);
  Amount put_aside(const Limits::Standing& standing, Amount amount, std::uint64_t time_ns);
  /// What somebody has put aside, or so much of it.
  struct From {
    const std::string& appliance;
    std::string_view made_by;
    std::uint64_t time_ns = 0;
  };
  Amount give_back(const Limits::Standing& standing, Amount amount, const From& from);
  std::vector<Ledger::AccountAmount> give_back_all(const From& from);
  Ledger::Grant grant(const Ledger::Wish& wish, std::uint64_t time_ns);
  std::int64_t heading(const EventRecord& event);
  const std::vector<PriceLine::Fee>& fees_of(std::uint32_t price);

  sql::Database& database_;
  Movements& movements_;
  Limits& limits_;
  std::string appliance_;
  ApplianceEpoch epoch_;
  Counted counted_;
  Leaks leaks_;
  Refusals refusals_;
  std::string made_by_;
  std::unique_ptr<sql::Statement> restored_;
  std::unique_ptr<sql::Statement> chain_;
  std::unique_ptr<sql::Statement> set_chain_;
  std::unique_ptr<sql::Statement> add_event_;
  std::unique_ptr<sql::Statement> add_events_;  ///< `rows_together`
  std::unique_ptr<sql::Statement> take_back_;   ///< an account's events after a number
  std::unique_ptr<sql::Statement> find_event_;
  std::unique_ptr<sql::Statement> find_heading_;
  std::unique_ptr<sql::Statement> next_heading_;
  std::unique_ptr<sql::Statement> add_heading_;
  std::unique_ptr<sql::Statement> fees_;
  std::unique_ptr<sql::Statement> add_month_;
  std::unique_ptr<sql::Statement> reserved_of_appliance_;
  std::int64_t restores_ = 0;
  absl::flat_hash_map<std::string, std::int64_t> headings_;
  absl::flat_hash_map<std::uint32_t, std::vector<PriceLine::Fee>> price_fees_;
  std::vector<std::uint64_t> groups_;  ///< of the charges, with their indexes
  std::vector<std::uint32_t> order_;
  std::vector<Row> rows_;
  std::string key_;
  CanonicalLine line_;
};

}  // namespace tollgate::charge
