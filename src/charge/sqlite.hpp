#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

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

/// Which rows of a table: what stands behind `SELECT * FROM table`.
struct Excerpt {
  std::string_view table;
  std::string_view rows;
};

/// A database in memory that begins as that in the file at `path` is at one moment. The file is only read, as
/// by open_sqlite_to_read(). Of the tables in `excerpts` it has those rows alone. Throws LedgerError.
std::unique_ptr<sql::Database> copy_sqlite_to_memory(const std::string& path,
                                                     std::span<const Excerpt> excerpts);

/// Whether another process, or connection, has the database open. Throws LedgerError.
bool sqlite_in_use(const std::string& path, const std::string& name);

}  // namespace tollgate::charge
