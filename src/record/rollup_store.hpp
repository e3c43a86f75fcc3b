#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "message/judgement.hpp"
#include "record/rollup_cells.hpp"
#include "record/rollup_keys.hpp"
#include "record/rollup_settings.hpp"
#include "record/rollup_tidying.hpp"
#include "record/rollup_time.hpp"
#include "record/rollups.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// A rule of those in force, for reports to name.
struct NamedRule {
  std::uint32_t id = 0;
  std::uint32_t rev = 0;
  RuleState state = RuleState::enforce;
  std::string name;
};

/// Keeps what was counted, by minute, hour and day, in a file. One thread; others read the file meanwhile.
class RollupStore {
 public:
  /// Makes the file where there is none. Throws RollupError, as do all.
  explicit RollupStore(const RollupSettings& settings);
  RollupStore(const RollupStore&) = delete;
  RollupStore& operator=(const RollupStore&) = delete;

  /// Adds a batch to what is there: all of it, or nothing.
  void add(const RollupBatch& batch);
  void name_rules(const std::vector<NamedRule>& rules);

  /// Keeps the file small: see RollupTidying. False where there is more to do. `now_s`: seconds since 1970.
  bool tidy(std::int64_t now_s) { return tidying_.tidy(now_s); }

 private:
  void check_zone();
  void add_unread(const RollupBatch::Unread& unread);

  const RollupSettings settings_;
  SqliteFile file_;
  const RollupTime time_;
  RollupKeys keys_;
  std::vector<CellAdding> add_;  ///< by level and cube
  std::vector<SqliteStatement> add_unread_;
  SqliteStatement add_hit_;
  RollupTidying tidying_;
};

}  // namespace tollgate::record
