#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "record/rollup_key.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// The keys of a file of rollups, which cells name by their numbers. One thread; of the file's writer.
class RollupKeys {
 public:
  /// Throws RollupError, as do all.
  explicit RollupKeys(const SqliteFile& file);

  /// Its number; made where it is new, within the caller's transaction.
  std::int64_t number_of(Cube cube, const RollupKey& key);
  /// What is remembered of the file: some of it may have gone with a transaction that was not committed.
  void forget() { known_.clear(); }
  /// Removes those that no cell names any more, in transactions of its own.
  void remove_unused(SqliteFile& file);

 private:
  std::optional<std::int64_t> find(const std::string& digest);

  const SqliteFile& file_;
  SqliteStatement find_;
  SqliteStatement make_;
  absl::flat_hash_map<std::string, std::int64_t> known_;  ///< some of those in the file, by digest
};

}  // namespace tollgate::record
