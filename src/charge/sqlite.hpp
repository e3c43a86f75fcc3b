#pragma once

#include <memory>
#include <string>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// The SQLite database in the file at `path`, made where there is none; empty: in memory. Once committed, it
/// survives a killed process and a power cut. Throws LedgerError.
std::unique_ptr<sql::Database> open_sqlite(const std::string& path);

/// Copies the database at `from` to a new file at `to`, as of one moment, while others write. Throws
/// LedgerError.
void copy_sqlite(const std::string& from, const std::string& to);

}  // namespace tollgate::charge
