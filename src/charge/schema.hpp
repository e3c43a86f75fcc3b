#pragma once

#include <cstdint>
#include <vector>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// Makes the tables of a new ledger, brings those of an older one up to date, each step in one transaction.
/// Throws LedgerError, also for the ledger of a later Tollgate.
void bring_up_to_date(sql::Database& database);

/// Whether it has all of them, and no more.
bool is_up_to_date(sql::Database& database);

/// The number of steps there are: what the ledgers are at that this Tollgate makes.
std::int64_t newest_schema();

}  // namespace tollgate::charge
