#pragma once

#include <memory>
#include <string>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// The PostgreSQL database that libpq reaches so, in the first schema of its search path. A connection that
/// was lost is made again by the next transaction. Throws LedgerError.
std::unique_ptr<sql::Database> open_postgresql(const std::string& connection);

}  // namespace tollgate::charge
