#pragma once

#include <string>

#include "record/rollup_key.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

// A file of rollups has two tables for each cube and level: of times that go on, a row for each key, which is
// added to; and of those that are over, a row for each, of all their cells (see sealed_cells.hpp). What comes
// late stands in the first, and goes to the other with the next tidying: a cell may be in both.

/// Of times that go on: start, key, measures.
std::string cells_table(Level level, Cube cube);
/// Of times that are over: start, how many cells, their octets.
std::string sealed_table(Level level, Cube cube);
/// Packets that nobody looked at: start, reason, route, packets.
std::string unread_table(Level level);

/// The names of the measures, as columns: `messages, parts, ...`.
const std::string& measure_columns();

/// The file to write to, with all its tables, made where there is none. Throws RollupError.
SqliteFile open_rollups(const std::string& path);
/// To read. Throws RollupError, also where it was made by another version.
SqliteFile open_rollups_to_read(const std::string& path);

}  // namespace tollgate::record
