#pragma once

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "record/rollup_key.hpp"
#include "record/rollup_tables.hpp"
#include "record/sealed_cells.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// A cube at a level.
struct CellsOf {
  Level level = Level::minute;
  Cube cube = Cube::traffic;
};

/// Seconds since 1970.
struct CellTimes {
  std::int64_t from_s = 0;
  std::int64_t to_s = 0;  ///< up to but without
};

/// The measures of a row, from a column on.
Measures measures_at(const SqliteStatement& cells, int column);

/// Calls `each` with the time's begin and the cell; a cell that came late is told twice, in parts. Throws
/// RollupError.
template <class Each>
void for_each_cell(const SqliteFile& file, CellsOf of, CellTimes times, Each&& each) {
  KeyedMeasures cell;
  SqliteStatement over =
      file.prepare(fmt::format("SELECT start, octets FROM {} WHERE start >= ?1 AND start < ?2 ORDER BY start",
                               sealed_table(of.level, of.cube)));
  over.with(times.from_s, times.to_s);
  while (over.next()) {
    const std::int64_t start = over.integer(0);
    for (SealedCells cells(over.octets(1)); cells.next(cell);) each(start, cell);
  }
  SqliteStatement going_on =
      file.prepare(fmt::format("SELECT start, key, {} FROM {} WHERE start >= ?1 AND start < ?2",
                               measure_columns(), cells_table(of.level, of.cube)));
  going_on.with(times.from_s, times.to_s);
  while (going_on.next()) {
    cell = {.key = going_on.integer(1), .measures = measures_at(going_on, 2)};
    each(going_on.integer(0), cell);
  }
}

/// Adds to cells of times that go on. One thread; of the file's writer.
class CellAdding {
 public:
  /// Throws RollupError, as do all.
  CellAdding(const SqliteFile& file, CellsOf of);
  /// `key`: its number in the file.
  void add(std::int64_t start, std::int64_t key, const Measures& measures);

 private:
  SqliteStatement add_;
};

/// Since when all cells of a level are kept: what is older may have been removed. Seconds since 1970.
std::int64_t kept_since(const SqliteFile& file, Level level);
/// From now on since then, unless it was later already.
void keep_since(const SqliteFile& file, Level level, std::int64_t since_s);

/// When the first or the last time begins of which there are cells; nothing where there is none.
std::optional<std::int64_t> first_start(const SqliteFile& file, CellsOf of);
std::optional<std::int64_t> last_start(const SqliteFile& file, CellsOf of);

}  // namespace tollgate::record
