#pragma once

#include <memory>
#include <string>

#include "charge/sql.hpp"

namespace tollgate::charge {

/// The SQLite database in the file at `path`, made where there is none, for its owner only; empty: in memory.
/// Once committed, it survives a killed process and a power cut. Throws LedgerError, which calls it `name`,
/// or else as the path. A file without an octet is no database.
std::unique_ptr<sql::Database> open_sqlite(const std::string& path, const std::string& name = {});

/// The same for reading only, also on a medium that cannot be written. Throws LedgerError.
std::unique_ptr<sql::Database> open_sqlite_to_read(const std::string& path);

/// Makes the database at `to` what that at `from` is at one moment, while others read and write both. Throws
/// LedgerError, which calls `to` as `name`.
void copy_sqlite(const std::string& from, const std::string& to, const std::string& name);

/// Whether another process, or connection, has the database open. Throws LedgerError.
bool sqlite_in_use(const std::string& path, const std::string& name);

}  // namespace tollgate::charge
