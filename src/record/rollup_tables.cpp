#include "record/rollup_tables.hpp"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace tollgate::record {
namespace {

constexpr std::int64_t version = 2;  ///< of the tables

std::string key_columns() {
  std::string columns;
  for (std::size_t i = 0; i < dimension_count; ++i)
    columns += fmt::format(", {} TEXT NOT NULL", to_string(static_cast<Dimension>(i)));
  return columns;
}

std::string tables_of(Level level, Cube cube) {
  std::string measures;
  for (const MeasureMember& measure : measure_members)
    measures += fmt::format("{} INTEGER NOT NULL, ", measure.name);
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (start INTEGER NOT NULL, key INTEGER NOT NULL, {}PRIMARY KEY (start, "
      "key)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS {} (start INTEGER PRIMARY KEY, cells INTEGER NOT NULL, octets BLOB NOT "
      "NULL) STRICT;",
      cells_table(level, cube), measures, sealed_table(level, cube));
}

std::string all_tables() {
  std::string script = fmt::format(
      "CREATE TABLE IF NOT EXISTS key (id INTEGER PRIMARY KEY, cube TEXT NOT NULL, digest TEXT NOT NULL "
      "UNIQUE{}) STRICT;"
      "CREATE TABLE IF NOT EXISTS last_hit (rule INTEGER PRIMARY KEY, seconds INTEGER NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS rule (id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, state TEXT NOT NULL, "
      "name TEXT NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
      "DROP INDEX IF EXISTS key_of_cube;"  // version 1
      "DROP TABLE IF EXISTS folded;"
      "PRAGMA user_version = {};",
      key_columns(), version);
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes) script += tables_of(level, cube);
    script += fmt::format(
        "CREATE TABLE IF NOT EXISTS {} (start INTEGER NOT NULL, reason TEXT NOT NULL, route TEXT NOT NULL, "
        "packets INTEGER NOT NULL, PRIMARY KEY (start, reason, route)) STRICT, WITHOUT ROWID;",
        unread_table(level));
  }
  return script;
}

bool has_table(const SqliteFile& file, const std::string& name) {
  SqliteStatement found =
      file.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1");
  return found.with(name).next() && found.integer(0) != 0;
}

/// Version 1 did not know the route of what was not read: it stands with none.
void take_over_unread(const SqliteFile& file, Level level) {
  const std::string old = fmt::format("unread_{}", to_string(level));
  if (!has_table(file, old)) return;
  file.execute(
      fmt::format("INSERT INTO {0} SELECT start, reason, '', packets FROM {1} WHERE true "
                  "ON CONFLICT DO UPDATE SET packets = packets + excluded.packets;"
                  "DROP TABLE {1};",
                  unread_table(level), old));
}

}  // namespace

std::string cells_table(Level level, Cube cube) {
  return fmt::format("{}_{}", to_string(cube), to_string(level));
}

std::string sealed_table(Level level, Cube cube) { return cells_table(level, cube) + "_sealed"; }

std::string unread_table(Level level) { return fmt::format("uninspected_{}", to_string(level)); }

const std::string& measure_columns() {
  static const std::string columns = [] {
    std::string names;
    for (const MeasureMember& measure : measure_members)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", measure.name);
    return names;
  }();
  return columns;
}

SqliteFile open_rollups(const std::string& path) {
  SqliteFile file(path, SqliteFile::Access::write);
  if (file.pragma("user_version") > version)
    throw RollupError(
        fmt::format("rollups {}: a later Tollgate made it; use that, or name another file", path));
  SqliteFile::Transaction transaction(file);
  file.execute(all_tables());
  for (const Level level : all_levels) take_over_unread(file, level);
  transaction.commit();
  return file;
}

SqliteFile open_rollups_to_read(const std::string& path) {
  SqliteFile file(path, SqliteFile::Access::read);
  if (const std::int64_t found = file.pragma("user_version"); found != version)
    throw RollupError(
        fmt::format("rollups {}: its tables are of version {}, expected {}; an appliance that has it as its "
                    "`reports: file` makes them new",
                    path, found, version));
  return file;
}

}  // namespace tollgate::record
