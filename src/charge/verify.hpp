#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// What was looked at, and the first record that is wrong.
struct Verified {
  std::int64_t movements = 0;
  std::int64_t books = 0;
  std::int64_t events = 0;
  std::int64_t accounts = 0;
  std::int64_t unknown = 0;        ///< of them, made for charges to accounts that the ledger did not have
  std::int64_t without_price = 0;  ///< events of price lines that the ledger does not have
  /// `movement 12: its hash is not that of what it says`; nothing where all is as it was written.
  std::optional<std::string> fault;
};

/// Walks the hashes of all movements and of each account's events, and compares the sums: balances with
/// movements, movements with the events they pay, events with their price lines, months with their events and
/// corrections; all balances are zero together. Sees the ledger of one moment. Throws LedgerError.
///
/// What it cannot tell: a ledger of before that was put in the place, or one that was written anew as a
/// whole; and the ids, names and settings of accounts, in which nobody's money is.
Verified verify(sql::Database& database);

}  // namespace tollgate::charge
