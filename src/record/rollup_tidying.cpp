#include "record/rollup_tidying.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tollgate::record {
namespace {

constexpr std::int64_t day_s = 86'400;
/// What comes later than that is sealed by itself, with the next tidying.
constexpr std::int64_t grace_s = 120;
constexpr std::uint32_t minutes_share = 10;  ///< of a minute, so many times fewer names are kept
constexpr int most_times = 60;               ///< at once

/// By what a cube could grow without end; senders and origins say of themselves who they are.
std::optional<Dimension> endless_dimension(Cube cube) {
  if (cube == Cube::senders) return Dimension::sender;
  if (cube == Cube::leaks) return Dimension::origin;
  return std::nullopt;
}

std::string sums() {
  std::string all;
  for (const MeasureMember& measure : measure_members) all += fmt::format(", sum(c.{})", measure.name);
  return all;
}

/// All dimensions but one, each with what stands before it.
std::string dimensions_but(Dimension left_out, std::string_view before) {
  std::string all;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    if (dimension != left_out)
      all += fmt::format("{}{}{}", all.empty() ? "" : ", ", before, to_string(dimension));
  }
  return all;
}

/// The last time of which there is something. A link that is encrypted carries no message that is counted.
std::int64_t newest(const SqliteFile& file) {
  SqliteStatement unread =
      file.prepare(fmt::format("SELECT coalesce(max(start), 0) FROM {}", unread_table(Level::minute)));
  const std::int64_t unread_s = unread.next() ? unread.integer(0) : 0;
  return std::max(last_start(file, {Level::minute, Cube::traffic}).value_or(0), unread_s);
}

}  // namespace

bool RollupTidying::tidy(std::int64_t now_s) {
  // What a clock that was ahead has counted does not end the time that goes on, nor make all else old.
  const std::int64_t newest_s = std::min(newest(file_), now_s);
  bool done = true;
  try {
    for (const Level level : all_levels) {
      for (const Cube cube : all_cubes) done = seal_times({level, cube}, newest_s - grace_s) && done;
    }
  } catch (...) {
    keys_.forget();
    throw;
  }
  if (!done) return false;
  remove_old(Level::minute, newest_s - settings_.minutes_days * day_s);
  remove_old(Level::hour, newest_s - settings_.hours_days * day_s);
  remove_old(Level::day, newest_s - settings_.days_days * day_s);
  if (now_s - keys_looked_at_s_ >= day_s) {
    keys_.remove_unused(file_);
    keys_looked_at_s_ = now_s;
  }
  return true;
}

/// Of a few times that are over: false where there are more of them.
bool RollupTidying::seal_times(CellsOf of, std::int64_t over_s) {
  SqliteStatement first =
      file_.prepare(fmt::format("SELECT min(start) FROM {}", cells_table(of.level, of.cube)));
  const std::optional<Dimension> endless = endless_dimension(of.cube);
  for (int i = 0; i < most_times; ++i) {
    if (!first.with().next() || first.is_null(0)) return true;
    const std::int64_t start = first.integer(0);
    if (time_.next(of.level, start) > over_s) return true;
    SqliteFile::Transaction transaction(file_);
    if (endless) fold(of, *endless, start);
    seal(of, start);
    transaction.commit();
  }
  return false;
}

/// Puts those together that are not among the most frequent ones.
void RollupTidying::fold(CellsOf of, Dimension dimension, std::int64_t start) {
  const std::int64_t most = of.level == Level::minute ? settings_.senders / minutes_share : settings_.senders;
  const std::string cells = fmt::format("{} c JOIN key k ON k.id = c.key WHERE c.start = ?1 AND k.{} <> ?2",
                                        cells_table(of.level, of.cube), to_string(dimension));
  file_.execute(
      "CREATE TEMP TABLE IF NOT EXISTS frequent (name TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM "
      "temp.frequent");
  file_
      .prepare(fmt::format(
          "INSERT INTO temp.frequent SELECT k.{} FROM {} GROUP BY 1 ORDER BY sum(c.parts) DESC, 1 LIMIT ?3",
          to_string(dimension), cells))
      .with(start, others, most)
      .run();
  const std::string rare =
      fmt::format("{} AND k.{} NOT IN (SELECT name FROM temp.frequent)", cells, to_string(dimension));
  std::vector<std::pair<RollupKey, Measures>> folded;
  SqliteStatement rest =
      file_.prepare(fmt::format("SELECT {}{} FROM {} GROUP BY {}", dimensions_but(dimension, "k."), sums(),
                                rare, dimensions_but(dimension, "k.")));
  rest.with(start, others);
  while (rest.next()) {
    RollupKey key;
    int column = 0;
    for (std::size_t i = 0; i < dimension_count; ++i)
      key[i] =
          static_cast<Dimension>(i) == dimension ? std::string(others) : std::string(rest.text(column++));
    folded.emplace_back(std::move(key), measures_at(rest, column));
  }
  if (folded.empty()) return;
  file_
      .prepare(fmt::format("DELETE FROM {0} WHERE start = ?1 AND key IN (SELECT c.key FROM {1})",
                           cells_table(of.level, of.cube), rare))
      .with(start, others)
      .run();
  CellAdding add(file_, of);
  for (const auto& [key, measures] : folded) add.add(start, keys_.number_of(of.cube, key), measures);
}

/// By key, each once; those that came late are in both tables.
std::vector<KeyedMeasures> RollupTidying::cells_of_time(CellsOf of, std::int64_t start) const {
  std::vector<KeyedMeasures> cells;
  for_each_cell(file_, of, {start, start + 1},
                [&](std::int64_t, const KeyedMeasures& cell) { cells.push_back(cell); });
  std::stable_sort(cells.begin(), cells.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  std::vector<KeyedMeasures> whole;
  whole.reserve(cells.size());
  for (const KeyedMeasures& cell : cells) {
    if (!whole.empty() && whole.back().key == cell.key) whole.back().measures += cell.measures;
    else whole.push_back(cell);
  }
  return whole;
}

void RollupTidying::seal(CellsOf of, std::int64_t start) {
  const std::vector<KeyedMeasures> cells = cells_of_time(of, start);
  const std::string octets = sealed(cells);
  file_.prepare(fmt::format("INSERT OR REPLACE INTO {} VALUES (?1, ?2, ?3)", sealed_table(of.level, of.cube)))
      .with(start, static_cast<std::int64_t>(cells.size()), as_octets(octets))
      .run();
  file_.prepare(fmt::format("DELETE FROM {} WHERE start = ?1", cells_table(of.level, of.cube)))
      .with(start)
      .run();
}

void RollupTidying::remove_old(Level level, std::int64_t before_s) {
  const auto remove = [&](const std::string& table) {
    file_.prepare(fmt::format("DELETE FROM {} WHERE start < ?1", table)).with(before_s).run();
  };
  keep_since(file_, level, before_s);
  for (const Cube cube : all_cubes) {
    remove(cells_table(level, cube));
    remove(sealed_table(level, cube));
  }
  remove(unread_table(level));
}

}  // namespace tollgate::record
