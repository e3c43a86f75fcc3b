#include "record/rollup_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::record {
namespace {

constexpr std::int64_t version = 1;  ///< of the tables
constexpr std::int64_t day_s = 86'400;
/// What comes later than that is counted all the same; its sender is not folded any more.
constexpr std::int64_t grace_s = 120;
constexpr std::size_t most_remembered_keys = 200'000;
constexpr std::uint32_t minutes_share = 10;  ///< of a minute, so many times fewer senders are kept

constexpr std::string_view measure_columns = "messages, parts, paid, charged, fees, leaks, leaked";

std::string key_columns() {
  std::string columns;
  for (std::size_t i = 0; i < dimension_count; ++i)
    columns += fmt::format(", {} TEXT NOT NULL", to_string(static_cast<Dimension>(i)));
  return columns;
}

std::string adding(const std::string& table) {
  std::string sums;
  for (const char* const name : {"messages", "parts", "paid", "charged", "fees", "leaks", "leaked"})
    sums += fmt::format("{0}{1} = {1} + excluded.{1}", sums.empty() ? "" : ", ", name);
  return fmt::format(
      "INSERT INTO {} (start, key, {}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET "
      "{}",
      table, measure_columns, sums);
}

std::size_t place_of(Level level, Cube cube) {
  return static_cast<std::size_t>(level) * all_cubes.size() + static_cast<std::size_t>(cube);
}

/// That two keys have the same is as good as impossible.
std::string digest_of(Cube cube, const RollupKey& key) {
  std::string whole(1, static_cast<char>(cube));
  for (const std::string& value : key) {
    whole += value;
    whole.push_back('\0');
  }
  const XXH128_hash_t hash = XXH3_128bits(whole.data(), whole.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

std::string cells_table(Level level, Cube cube) {
  return fmt::format("{}_{}", to_string(cube), to_string(level));
}

std::string unread_table(Level level) { return fmt::format("unread_{}", to_string(level)); }

RollupStore::RollupStore(const RollupSettings& settings)
    : settings_(settings),
      file_(with_tables(settings.file)),
      time_(settings.time_zone),
      find_key_(file_.prepare("SELECT id FROM key WHERE digest = ?1")),
      make_key_(file_.prepare([] {
        std::string values;
        for (std::size_t i = 0; i < dimension_count + 2; ++i) values += fmt::format(", ?{}", i + 1);
        return fmt::format("INSERT INTO key VALUES (NULL{})", values);
      }())),
      add_hit_(file_.prepare("INSERT INTO last_hit VALUES (?1, ?2) "
                             "ON CONFLICT DO UPDATE SET seconds = max(seconds, excluded.seconds)")) {
  check_zone();
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes) add_.push_back(file_.prepare(adding(cells_table(level, cube))));
    add_unread_.push_back(
        file_.prepare(fmt::format("INSERT INTO {} VALUES (?1, ?2, ?3) "
                                  "ON CONFLICT DO UPDATE SET packets = packets + excluded.packets",
                                  unread_table(level))));
  }
}

/// The file, with all its tables.
SqliteFile RollupStore::with_tables(const std::string& path) {
  SqliteFile file(path, SqliteFile::Access::write);
  const std::int64_t found = file.pragma("user_version");
  if (found > version)
    throw RollupError(
        fmt::format("rollups {}: a later Tollgate made it; use that, or name another file", file.path()));
  SqliteFile::Transaction transaction(file);
  std::string script = fmt::format(
      "CREATE TABLE IF NOT EXISTS key (id INTEGER PRIMARY KEY, cube TEXT NOT NULL, digest TEXT NOT NULL "
      "UNIQUE{}) "
      "STRICT;"
      "CREATE INDEX IF NOT EXISTS key_of_cube ON key (cube);"
      "CREATE TABLE IF NOT EXISTS last_hit (rule INTEGER PRIMARY KEY, seconds INTEGER NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS rule (id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, state TEXT NOT NULL, "
      "name TEXT NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
      "CREATE TABLE IF NOT EXISTS folded (level TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;"
      "PRAGMA user_version = {};",
      key_columns(), version);
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes)
      script += fmt::format(
          "CREATE TABLE IF NOT EXISTS {} (start INTEGER NOT NULL, key INTEGER NOT NULL, messages INTEGER NOT "
          "NULL, parts INTEGER NOT NULL, paid INTEGER NOT NULL, charged INTEGER NOT NULL, fees INTEGER NOT "
          "NULL, leaks INTEGER NOT NULL, leaked INTEGER NOT NULL, PRIMARY KEY (start, key)) STRICT, WITHOUT "
          "ROWID;",
          cells_table(level, cube));
    script += fmt::format(
        "CREATE TABLE IF NOT EXISTS {} (start INTEGER NOT NULL, reason TEXT NOT NULL, packets INTEGER NOT "
        "NULL, PRIMARY KEY (start, reason)) STRICT, WITHOUT ROWID;",
        unread_table(level));
  }
  file.execute(script);
  transaction.commit();
  return file;
}

/// Where hours and days begin follows from the zone, so that it stays what it was.
void RollupStore::check_zone() {
  file_.prepare("INSERT INTO setting VALUES ('time_zone', ?1) ON CONFLICT DO NOTHING")
      .with(settings_.time_zone)
      .run();
  SqliteStatement zone = file_.prepare("SELECT value FROM setting WHERE name = 'time_zone'");
  if (zone.next() && zone.text(0) != settings_.time_zone)
    throw RollupError(
        fmt::format("rollups {}: their days are those of {}, and `home: time_zone` is {}; "
                    "expected the same, or another file",
                    file_.path(), zone.text(0), settings_.time_zone));
}

std::int64_t RollupStore::key_of(const RollupBatch::Cell& cell) {
  std::string digest = digest_of(cell.cube, cell.key);
  if (const auto known = keys_.find(digest); known != keys_.end()) return known->second;
  if (keys_.size() >= most_remembered_keys) keys_.clear();
  if (!find_key_.with(digest).next()) {
    const RollupKey& k = cell.key;
    make_key_
        .with(to_string(cell.cube), digest, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8], k[9], k[10],
              k[11], k[12], k[13], k[14], k[15])
        .run();
    if (!find_key_.with(digest).next()) throw RollupError("a key of rollups is not there once it is made");
  }
  const std::int64_t id = find_key_.integer(0);
  keys_.emplace(std::move(digest), id);
  return id;
}

void RollupStore::add(const RollupBatch& batch) {
  SqliteFile::Transaction transaction(file_);
  try {
    for (const RollupBatch::Cell& cell : batch.cells) {
      const std::int64_t key = key_of(cell);
      const Measures& m = cell.measures;
      for (const Level level : all_levels)
        add_[place_of(level, cell.cube)]
            .with(time_.begin(level, static_cast<std::int64_t>(cell.minute) * 60), key, m.messages, m.parts,
                  m.paid, m.charged, m.fees, m.leaks, m.leaked)
            .run();
    }
    for (const RollupBatch::Unread& unread : batch.unread) add_unread(unread);
    for (const auto& [rule, time_ns] : batch.last_hits)
      add_hit_.with(std::int64_t{rule}, static_cast<std::int64_t>(time_ns / 1'000'000'000)).run();
    transaction.commit();
  } catch (...) {
    keys_.clear();  // some of them may have gone with the transaction
    throw;
  }
}

void RollupStore::add_unread(const RollupBatch::Unread& unread) {
  for (const Level level : all_levels)
    add_unread_[static_cast<std::size_t>(level)]
        .with(time_.begin(level, static_cast<std::int64_t>(unread.minute) * 60), unread.reason,
              static_cast<std::int64_t>(unread.packets))
        .run();
}

void RollupStore::name_rules(const std::vector<NamedRule>& rules) {
  SqliteFile::Transaction transaction(file_);
  file_.execute("DELETE FROM rule");
  SqliteStatement add = file_.prepare("INSERT OR REPLACE INTO rule VALUES (?1, ?2, ?3, ?4)");
  for (const NamedRule& rule : rules)
    add.with(std::int64_t{rule.id}, std::int64_t{rule.rev}, to_string(rule.state), rule.name).run();
  transaction.commit();
}

std::int64_t RollupStore::newest(const std::string& table) const {
  SqliteStatement statement = file_.prepare(fmt::format("SELECT coalesce(max(start), 0) FROM {}", table));
  statement.next();
  return statement.integer(0);
}

bool RollupStore::tidy(std::int64_t now_s) {
  bool done = true;
  try {
    for (const Level level : all_levels) done = fold_senders(level, now_s) && done;
  } catch (...) {
    keys_.clear();  // some of them may have gone with the transaction
    throw;
  }
  if (!done) return false;
  // What a clock that was ahead has counted does not make all else old.
  const std::int64_t newest_s = std::min(newest(cells_table(Level::minute, Cube::traffic)), now_s);
  remove_old(Level::minute, newest_s - settings_.minutes_days * day_s);
  remove_old(Level::hour, newest_s - settings_.hours_days * day_s);
  remove_old(Level::day, newest_s - settings_.days_days * day_s);
  if (now_s - keys_looked_at_s_ >= day_s) {
    remove_unused_keys();
    keys_looked_at_s_ = now_s;
  }
  return true;
}

/// Of a few times that are over: false where there are more of them.
bool RollupStore::fold_senders(Level level, std::int64_t now_s) {
  constexpr int most_times = 60;
  const std::string table = cells_table(level, Cube::senders);
  SqliteStatement until = file_.prepare("SELECT coalesce((SELECT until FROM folded WHERE level = ?1), 0)");
  until.with(to_string(level)).next();
  std::int64_t folded = until.integer(0);
  // What a clock that was ahead has counted does not end the time that goes on.
  const std::int64_t over = std::min(newest(cells_table(Level::minute, Cube::traffic)), now_s) - grace_s;
  SqliteStatement following =
      file_.prepare(fmt::format("SELECT min(start) FROM {} WHERE start >= ?1", table));
  for (int i = 0; i < most_times; ++i) {
    if (!following.with(folded).next()) return true;
    const std::int64_t start = following.integer(0);
    if (start < folded || time_.next(level, start) > over) return true;
    SqliteFile::Transaction transaction(file_);
    fold_time(level, start);
    folded = start + 1;
    file_.prepare("INSERT INTO folded VALUES (?1, ?2) ON CONFLICT DO UPDATE SET until = excluded.until")
        .with(to_string(level), folded)
        .run();
    transaction.commit();
  }
  return false;
}

void RollupStore::fold_time(Level level, std::int64_t start) {
  const std::string table = cells_table(level, Cube::senders);
  const std::int64_t most = level == Level::minute ? settings_.senders / minutes_share : settings_.senders;
  std::vector<std::pair<RollupBatch::Cell, std::int64_t>> folded;
  std::string dimensions;
  for (std::size_t i = 0; i < dimension_count; ++i)
    dimensions += fmt::format(", k.{}", to_string(static_cast<Dimension>(i)));
  SqliteStatement cells = file_.prepare(
      fmt::format("WITH frequent AS (SELECT k.sender AS name FROM {0} c JOIN key k ON k.id = c.key WHERE "
                  "c.start = ?1 AND k.sender <> ?3 GROUP BY 1 ORDER BY sum(c.parts) DESC, 1 LIMIT ?2) "
                  "SELECT c.key, {1}{2} FROM {0} c JOIN key k ON k.id = c.key WHERE c.start = ?1 AND "
                  "k.sender <> ?3 AND k.sender NOT IN (SELECT name FROM frequent)",
                  table, measure_columns, dimensions));
  cells.with(start, most, others);
  while (cells.next()) {
    RollupBatch::Cell cell{.cube = Cube::senders};
    cell.measures = {.messages = cells.integer(1),
                     .parts = cells.integer(2),
                     .paid = cells.integer(3),
                     .charged = cells.integer(4),
                     .fees = cells.integer(5),
                     .leaks = cells.integer(6),
                     .leaked = cells.integer(7)};
    for (std::size_t i = 0; i < dimension_count; ++i) cell.key[i] = cells.text(static_cast<int>(8 + i));
    value_of(cell.key, Dimension::sender) = others;
    folded.emplace_back(std::move(cell), cells.integer(0));
  }
  SqliteStatement remove = file_.prepare(fmt::format("DELETE FROM {} WHERE start = ?1 AND key = ?2", table));
  for (const auto& [cell, key] : folded) {
    const Measures& m = cell.measures;
    remove.with(start, key).run();
    add_[place_of(level, Cube::senders)]
        .with(start, key_of(cell), m.messages, m.parts, m.paid, m.charged, m.fees, m.leaks, m.leaked)
        .run();
  }
}

void RollupStore::remove_old(Level level, std::int64_t before) {
  for (const Cube cube : all_cubes)
    file_.prepare(fmt::format("DELETE FROM {} WHERE start < ?1", cells_table(level, cube)))
        .with(before)
        .run();
  file_.prepare(fmt::format("DELETE FROM {} WHERE start < ?1", unread_table(level))).with(before).run();
}

void RollupStore::remove_unused_keys() {
  std::string used;
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes)
      used += fmt::format("{}SELECT key FROM {}", used.empty() ? "" : " UNION ", cells_table(level, cube));
  }
  SqliteFile::Transaction transaction(file_);
  file_.execute(fmt::format("DELETE FROM key WHERE id NOT IN ({})", used));
  keys_.clear();
  transaction.commit();
}

}  // namespace tollgate::record
