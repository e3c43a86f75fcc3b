#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charge/charge.hpp"
#include "charge/ledger_month.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

/// What happened on an account in a month by its clocks. An event counts in the month of its packet.
struct AccountStatement {
  /// Events of one day, destination and tariff.
  struct Group {
    std::string day;  ///< `2026-11-22`
    std::string country;
    std::string recipient_operator;
    std::string tariff;
    std::int64_t events = 0;
    Amount amount = 0;
  };
  /// Passed through, of the whole month.
  struct Fee {
    std::string name;
    std::int64_t events = 0;
    Amount amount = 0;
  };
  /// Another movement of the account's money.
  struct Entry {
    std::int64_t movement = 0;
    std::string day;
    std::string kind;  ///< credit, payment, interest, correction
    std::string reference;
    Amount amount = 0;  ///< above 0: to the account
  };

  /// What the account might not send, and why.
  struct Refused {
    std::string day;
    std::string reason;  ///< the name of a Refusal
    std::string tariff;  ///< that it would have gone by
    std::int64_t messages = 0;
  };

  std::string account;
  std::string name;
  std::string currency;
  std::string time_zone;
  bool prepaid = true;
  Month month;
  Amount opening = 0;
  std::vector<Group> groups;  ///< by day, country, operator, tariff
  std::vector<Fee> fees;      ///< by name
  std::vector<Entry> entries;
  std::vector<Refused> refused;  ///< by day, reason, tariff; costs nothing
  std::int64_t events = 0;
  Amount charged = 0;  ///< all groups
  Amount fees_sum = 0;
  Amount closing = 0;  ///< opening + entries - charged - fees
};

/// Throws LedgerError; the account must be there.
AccountStatement read_statement(sql::Database& database, std::uint32_t account, const std::string& month);

/// For people.
std::string text_of(const AccountStatement& statement);
/// A line for the opening, each group, fee, entry and refusal, and the closing; the first names the columns.
std::string csv_of(const AccountStatement& statement);
std::string json_of(const AccountStatement& statement);

/// What a postpaid account owes for a month.
struct Invoice {
  struct Terms {
    std::uint32_t due_days = 15;                 ///< after the month's end
    std::uint32_t interest_millionths = 10'000;  ///< a month: 1 %
  };
  AccountStatement statement;
  std::string number;   ///< `acme-2026-11`
  std::string dated;    ///< the day after the month
  std::string due;      ///< the last day to pay
  Amount total = 0;     ///< charges and fees of the month, but for what corrections gave back of them since
  Amount unpaid = 0;    ///< of it, at the time asked for
  Amount interest = 0;  ///< on what was unpaid after it was due, each day by its part of the month
  Amount interest_booked = 0;
  Amount interest_undone = 0;   ///< of what was booked, by corrections
  std::string interest_until;   ///< the last day that it is for; empty: none
  std::uint64_t days_late = 0;  ///< on which something was unpaid
};

/// As of `time_ns`. What was paid, and not undone until then, is taken for the oldest months first. Throws
/// LedgerError, also for a month that is not over.
Invoice read_invoice(sql::Database& database, std::uint32_t account, const std::string& month,
                     const Invoice::Terms& terms, std::uint64_t time_ns);
/// The same within a transaction of who calls.
Invoice invoice_of(sql::Database& database, std::uint32_t account, const std::string& month,
                   const Invoice::Terms& terms, std::uint64_t time_ns);
std::string text_of(const Invoice& invoice);
std::string json_of(const Invoice& invoice);

}  // namespace tollgate::charge
