#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "charge/ledger.hpp"
#include "charge/ledger_error.hpp"
#include "charge/ledger_limits.hpp"
#include "charge/ledger_movements.hpp"
#include "charge/ledger_settle.hpp"
#include "charge/sql.hpp"
#include "charge/statement.hpp"

namespace tollgate::charge {

/// What an appliance has put aside is not given back, as it lives, or did a moment ago.
struct SeenLately : LedgerError {
  explicit SeenLately(const std::string& text) : LedgerError(Reason::refused, text) {}
};

/// The ledger, and what people do with it.
class LedgerStore final : public Ledger {
 public:
  static std::unique_ptr<LedgerStore> open(const LedgerSettings& settings);
  /// What is there, changing nothing but an older schema.
  static std::unique_ptr<LedgerStore> open_to_read(const LedgerSettings& settings);
  LedgerStore(std::unique_ptr<sql::Database> database, const LedgerSettings& settings);

  InForce in_force() override;
  std::uint64_t version() override;
  Settled settle(std::span<const Charge> charges, std::span<const Wish> wishes,
                 std::uint64_t time_ns) override;
  void hold_name() override;
  bool has(const MessageId& id, std::uint64_t time_ns) override;
  void release_all(std::uint64_t time_ns) override;
  void for_each_charge_since(std::uint64_t time_ns,
                             const std::function<void(const MessageId& id, const MessageId& retry,
                                                      std::uint64_t charged_ns)>& take) override;
  bool declare(const Declared& declared, std::uint64_t time_ns, rules::Findings& findings) override;

  /// Who did something, and when.
  struct By {
    std::string_view who;
    std::uint64_t time_ns = 0;
  };
  /// Money that came in for an account: prepaid credit that it bought, or what a postpaid one paid.
  /// `reference` is that of the payment: with the same one, the same amount is booked once, and another is
  /// refused. Gives whether it was booked now.
  bool credit(std::string_view account, Amount amount, std::string_view reference, const By& by);
  bool pay(std::string_view account, Amount amount, std::string_view reference, const By& by);
  /// Undoes a movement of credit, payment, spend, fee or interest by another, in which the money goes back:
  /// what was spent to the account's credit. Gives the other's number; the same each time.
  std::int64_t correct(std::int64_t movement, std::string_view reference, const By& by);
  /// Takes interest on an invoice from a postpaid account: as much as is not booked yet. Gives the invoice.
  Invoice book_interest(std::string_view account, const std::string& month, const Invoice::Terms& terms,
                        const By& by);
  /// What an appliance had put aside of an account.
  struct Released {
    std::string account;
    std::string currency;
    Amount amount = 0;
  };
  /// Gives back what an appliance has put aside that never comes back. Throws SeenLately where it was seen
  /// within `gone_after_ns`, or later than now, unless `even_if_seen`.
  ///
  /// Nobody is overspent by that where the appliance is gone with all that it had charged. Where it is not,
  /// what it charged and had not written down, and what it charges until it reaches the ledger next and
  /// learns that it has nothing put aside, is written down all the same: of each account at most as much as
  /// is given back here, by which an account may go below what it may.
  std::vector<Released> release(const std::string& appliance, bool even_if_seen, const By& by);
  void suspend(std::string_view account, const std::string& reason);
  void resume(std::string_view account);

  /// The file that tells who changes this ledger; empty: it is no appliance's.
  std::string audit();

  /// The number of the account; throws LedgerError where there is none.
  std::uint32_t number_of(std::string_view account);
  sql::Database& database() { return *database_; }

 private:
  bool bring_in(std::string_view kind, std::string_view account, Amount amount, std::string_view reference,
                const By& by);
  void bump_version();
  /// Calls `change` in a transaction that writes, commits.
  template <class Change>
  auto transact(Change&& change);

  std::unique_ptr<sql::Database> database_;
  std::string appliance_;
  Movements movements_;
  Limits limits_;
  Settlement settlement_;
  std::unique_ptr<sql::Statement> version_;
  std::unique_ptr<sql::Statement> bump_;
  std::unique_ptr<sql::Statement> has_;
  std::unique_ptr<sql::Statement> since_;
};

}  // namespace tollgate::charge
