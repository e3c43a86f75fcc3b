#pragma once

#include <memory>
#include <string>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// The SQLite database in the file at `path`, made where there is none; empty: in memory. Once committed, it
/// survives a killed process and a power cut. Throws LedgerError.
std::unique_ptr<sql::Database> open_sqlite(const std::string& path);

/// Makes the database at `to` what that at `from` is at one moment, while others read and write both. Throws
/// LedgerError.
void copy_sqlite(const std::string& from, const std::string& to);

/// Whether another process, or connection, has the database open. Throws LedgerError.
bool sqlite_in_use(const std::string& path);

}  // namespace tollgate::charge
