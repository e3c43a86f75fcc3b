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
  /// `movement 12: its hash is not that of what it says`; nothing where all is as it was written.
  std::optional<std::string> fault;
};

/// Walks the hashes of all movements and of each account's events, and compares the sums: balances with
/// movements, movements with the events they pay, months with their events; all balances are zero together.
/// Sees the ledger of one moment. Throws LedgerError.
Verified verify(sql::Database& database);

}  // namespace tollgate::charge
