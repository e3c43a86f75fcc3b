#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "message/judgement.hpp"
#include "record/rollup_key.hpp"
#include "record/rollup_time.hpp"
#include "record/rollups.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

struct RollupSettings {
  std::string file;
  std::string time_zone = "UTC";  ///< of days
  // For how long they are kept, by the newest message: after that the next coarser ones are left.
  std::uint32_t minutes_days = 7;
  std::uint32_t hours_days = 60;
  std::uint32_t days_days = 800;
  /// Of an hour and of a day, those with the most parts are kept by themselves; of a minute a tenth of them.
  std::uint32_t senders = 1000;
};

/// A rule of those in force, for reports to name.
struct NamedRule {
  std::uint32_t id = 0;
  std::uint32_t rev = 0;
  RuleState state = RuleState::enforce;
  std::string name;
};

/// Where a cube is kept at a level.
std::string cells_table(Level level, Cube cube);
std::string unread_table(Level level);

/// Keeps what was counted, by minute, hour and day, in a file. One thread; others read the file meanwhile.
class RollupStore {
 public:
  /// Makes the file where there is none. Throws RollupError, as do all.
  explicit RollupStore(const RollupSettings& settings);

  /// Adds a batch to what is there: all of it, or nothing.
  void add(const RollupBatch& batch);
  void name_rules(const std::vector<NamedRule>& rules);

  /// Of times that are over, puts senders beyond the most frequent ones together; removes what is too old.
  /// In small pieces, so that it does not hold up the next batch: false where there is more to do. `now_s`:
  /// seconds since 1970.
  bool tidy(std::int64_t now_s);

 private:
  static SqliteFile with_tables(const std::string& path);
  void check_zone();
  std::int64_t key_of(const RollupBatch::Cell& cell);
  void add_unread(const RollupBatch::Unread& unread);
  std::int64_t newest(const std::string& table) const;
  bool fold_senders(Level level, std::int64_t now_s);
  void fold_time(Level level, std::int64_t start);
  void remove_old(Level level, std::int64_t before);
  void remove_unused_keys();

  RollupSettings settings_;
  SqliteFile file_;
  RollupTime time_;
  std::vector<SqliteStatement> add_;  ///< a cell, by level and cube
  std::vector<SqliteStatement> add_unread_;
  SqliteStatement find_key_;
  SqliteStatement make_key_;
  SqliteStatement add_hit_;
  absl::flat_hash_map<std::string, std::int64_t> keys_;  ///< some of those in the file
  std::int64_t keys_looked_at_s_ = 0;
};

}  // namespace tollgate::record
