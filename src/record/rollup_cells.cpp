#include "record/rollup_cells.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

namespace tollgate::record {
namespace {

std::optional<std::int64_t> start_in(const SqliteFile& file, std::string_view which,
                                     const std::string& table) {
  SqliteStatement start = file.prepare(fmt::format("SELECT {}(start) FROM {}", which, table));
  if (!start.next() || start.is_null(0)) return std::nullopt;
  return start.integer(0);
}

std::string adding_to(const std::string& table) {
  std::string sums;
  for (const MeasureMember& measure : measure_members)
    sums += fmt::format("{0}{1} = {1} + excluded.{1}", sums.empty() ? "" : ", ", measure.name);
  return fmt::format(
      "INSERT INTO {} (start, key, {}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET "
      "{}",
      table, measure_columns(), sums);
}

std::string setting_of(Level level) { return fmt::format("{}s_kept_since", to_string(level)); }

}  // namespace

CellAdding::CellAdding(const SqliteFile& file, CellsOf of)
    : add_(file.prepare(adding_to(cells_table(of.level, of.cube)))) {}

void CellAdding::add(std::int64_t start, std::int64_t key, const Measures& m) {
  add_.with(start, key, m.messages, m.parts, m.paid, m.charged, m.fees, m.leaks, m.leaked).run();
}

Measures measures_at(const SqliteStatement& cells, int column) {
  Measures measures;
  for (const MeasureMember& measure : measure_members) measures.*measure.member = cells.integer(column++);
  return measures;
}

std::int64_t kept_since(const SqliteFile& file, Level level) {
  SqliteStatement since = file.prepare("SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?1");
  const std::string name = setting_of(level);
  return since.with(name).next() ? since.integer(0) : std::numeric_limits<std::int64_t>::min();
}

void keep_since(const SqliteFile& file, Level level, std::int64_t since_s) {
  if (since_s <= kept_since(file, level)) return;
  file.prepare("INSERT OR REPLACE INTO setting VALUES (?1, ?2)")
      .with(setting_of(level), std::to_string(since_s))
      .run();
}

std::optional<std::int64_t> first_start(const SqliteFile& file, CellsOf of) {
  const auto over = start_in(file, "min", sealed_table(of.level, of.cube));
  const auto going_on = start_in(file, "min", cells_table(of.level, of.cube));
  return over && going_on ? std::min(over, going_on) : over ? over : going_on;
}

std::optional<std::int64_t> last_start(const SqliteFile& file, CellsOf of) {
  // Nothing is less than anything.
  return std::max(start_in(file, "max", sealed_table(of.level, of.cube)),
                  start_in(file, "max", cells_table(of.level, of.cube)));
}

}  // namespace tollgate::record
