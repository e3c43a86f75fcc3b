#include "record/rollup_keys.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "record/rollup_cells.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::record {
namespace {

constexpr std::size_t most_remembered = 200'000;

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

std::string making() {
  std::string values;
  for (std::size_t i = 0; i < dimension_count + 2; ++i) values += fmt::format(", ?{}", i + 1);
  return fmt::format("INSERT INTO key VALUES (NULL{})", values);
}

/// By their numbers: which of them some cell names.
std::vector<bool> used_keys(const SqliteFile& file, std::size_t numbers) {
  std::vector<bool> used(numbers);
  constexpr std::int64_t ever = std::numeric_limits<std::int64_t>::max();
  for (const Level level : all_levels) {
    for (const Cube cube : all_cubes)
      for_each_cell(file, {level, cube}, {0, ever}, [&](std::int64_t, const KeyedMeasures& cell) {
        if (static_cast<std::size_t>(cell.key) < numbers) used[static_cast<std::size_t>(cell.key)] = true;
      });
  }
  return used;
}

}  // namespace

RollupKeys::RollupKeys(const SqliteFile& file)
    : file_(file),
      find_(file_.prepare("SELECT id FROM key WHERE digest = ?1")),
      make_(file_.prepare(making())) {}

std::int64_t RollupKeys::number_of(Cube cube, const RollupKey& key) {
  std::string digest = digest_of(cube, key);
  if (const auto known = known_.find(digest); known != known_.end()) return known->second;
  if (known_.size() >= most_remembered) known_.clear();
  std::optional<std::int64_t> number = find(digest);
  if (!number) {
    const RollupKey& k = key;
    make_
        .with(to_string(cube), digest, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8], k[9], k[10],
              k[11], k[12], k[13], k[14], k[15])
        .run();
    number = find(digest);
    if (!number) throw RollupError("a key of rollups is not there once it is made");
  }
  known_.emplace(std::move(digest), *number);
  return *number;
}

/// Reads to the end: while a statement stands on a row, what was committed cannot leave the write-ahead log.
std::optional<std::int64_t> RollupKeys::find(const std::string& digest) {
  std::optional<std::int64_t> number;
  for (find_.with(digest); find_.next();) number = find_.integer(0);
  return number;
}

void RollupKeys::remove_unused(SqliteFile& file) {
  forget();
  SqliteStatement last = file_.prepare("SELECT coalesce(max(id), 0) FROM key");
  last.next();
  const std::vector<bool> used = used_keys(file_, static_cast<std::size_t>(last.integer(0)) + 1);
  std::vector<std::int64_t> unused;
  SqliteStatement all = file_.prepare("SELECT id FROM key");
  while (all.next()) {
    const std::int64_t number = all.integer(0);
    if (number > 0 && !used[static_cast<std::size_t>(number)]) unused.push_back(number);
  }
  SqliteStatement remove = file_.prepare("DELETE FROM key WHERE id = ?1");
  constexpr std::size_t most_at_once = 10'000;
  for (std::span<const std::int64_t> rest = unused; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), most_at_once));
    rest = rest.subspan(some.size());
    SqliteFile::Transaction transaction(file);
    for (const std::int64_t number : some) remove.with(number).run();
    transaction.commit();
  }
}

}  // namespace tollgate::record
