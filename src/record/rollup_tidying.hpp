#pragma once

#include <cstdint>
#include <vector>

#include "record/rollup_cells.hpp"
#include "record/rollup_keys.hpp"
#include "record/rollup_settings.hpp"
#include "record/rollup_time.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// Keeps a file of rollups small. Of times that are over it puts names beyond the most frequent ones
/// together, and seals their cells into one row; it removes what is too old. One thread; of the file's
/// writer.
class RollupTidying {
 public:
  RollupTidying(const RollupSettings& settings, SqliteFile& file, const RollupTime& time, RollupKeys& keys)
      : settings_(settings), file_(file), time_(time), keys_(keys) {}

  /// In small pieces, so that it does not hold up what is to be written: false where there is more to do.
  /// `now_s`: seconds since 1970. Throws RollupError.
  bool tidy(std::int64_t now_s);

 private:
  bool seal_times(CellsOf of, std::int64_t over_s);
  void fold(CellsOf of, Dimension dimension, std::int64_t start);
  void seal(CellsOf of, std::int64_t start);
  std::vector<KeyedMeasures> cells_of_time(CellsOf of, std::int64_t start) const;
  void remove_old(Level level, std::int64_t before_s);

  const RollupSettings& settings_;
  SqliteFile& file_;
  const RollupTime& time_;
  RollupKeys& keys_;
  std::int64_t keys_looked_at_s_ = 0;
};

}  // namespace tollgate::record
