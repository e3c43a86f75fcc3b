#include "record/report_sums.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "record/rollup_store.hpp"

namespace tollgate::record {
namespace {

constexpr std::size_t most_rows = 500'000;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::string table_of(const ReportQuery& query, Level level) {
  return query.name == ReportName::uninspected ? unread_table(level)
                                               : cells_table(level, cube_of(query.name));
}

/// From when on there is something, by level.
using Begins = std::array<std::int64_t, all_levels.size()>;

Begins begins_of(const ReportQuery& query, const SqliteFile& file) {
  Begins begins{};
  for (const Level level : all_levels) {
    SqliteStatement oldest = file.prepare(fmt::format("SELECT min(start) FROM {}", table_of(query, level)));
    const bool any = oldest.next() && !oldest.is_null(0);
    begins[static_cast<std::size_t>(level)] = any ? oldest.integer(0) : never;
  }
  return begins;
}

/// The finest cells that are kept of a moment.
Level finest_at(std::int64_t seconds, const Begins& begins, const RollupTime& time) {
  for (const Level level : {Level::minute, Level::hour}) {
    const auto coarser = static_cast<Level>(static_cast<int>(level) + 1);
    const std::int64_t begin = begins[static_cast<std::size_t>(level)];
    const bool is_whole = begin == never
                              ? begins[static_cast<std::size_t>(coarser)] == never
                              : begins[static_cast<std::size_t>(coarser)] >= time.begin(coarser, begin);
    if (is_whole || (begin != never && seconds >= time.next(coarser, begin))) return level;
  }
  return Level::day;
}

/// Pairs of a key in the file and what a query makes of it.
struct KeyUse {
  std::vector<std::uint32_t> groups;
  ReportSum* total = nullptr;
  bool blocked = false;
  bool refused = false;
};

bool is_like(std::string_view value, std::string_view pattern) {
  if (pattern.ends_with('*')) return value.starts_with(pattern.substr(0, pattern.size() - 1));
  return value == pattern;
}

template <class Each>
void for_each_label(std::string_view labels, Each&& each) {
  do {
    const std::size_t end = std::min(labels.find(' '), labels.size());
    each(labels.substr(0, end));
    labels.remove_prefix(std::min(end + 1, labels.size()));
  } while (!labels.empty());
}

bool passes(const ReportFilter& filter, const RollupKey& key) {
  const std::string& value = value_of(key, filter.dimension);
  const auto is_any = [&](std::string_view one) {
    return std::any_of(filter.values.begin(), filter.values.end(),
                       [&](const std::string& pattern) { return is_like(one, pattern); });
  };
  bool found = false;
  if (filter.dimension == Dimension::label)
    for_each_label(value, [&](std::string_view label) { found = found || is_any(label); });
  else found = is_any(value);
  return found != filter.is_not;
}

bool passes(const ReportQuery& query, const RollupKey& key) {
  return std::all_of(query.where.begin(), query.where.end(),
                     [&](const ReportFilter& filter) { return passes(filter, key); });
}

/// Which groups a key stands in: more than one where the query asks for labels, and it has several.
class Groups {
 public:
  Groups(const ReportQuery& query, ReportSums& sums) : query_(query), sums_(sums) {}

  std::vector<std::uint32_t> of(const RollupKey& key) {
    std::vector<std::uint32_t> found;
    ReportSums::Group group;
    std::optional<std::size_t> label;
    for (const ReportBy& by : query_.by) {
      if (by.what != ReportBy::What::dimension) continue;
      if (by.dimension == Dimension::label) label = group.size();
      group.push_back(value_of(key, by.dimension));
    }
    group.push_back(value_of(key, Dimension::currency));
    if (!label) return {index_of(group)};
    for_each_label(value_of(key, Dimension::label), [&](std::string_view one) {
      group[*label] = one;
      found.push_back(index_of(group));
    });
    return found;
  }

 private:
  std::uint32_t index_of(const ReportSums::Group& group) {
    const auto [place, is_new] = known_.try_emplace(group, static_cast<std::uint32_t>(sums_.groups.size()));
    if (is_new) sums_.groups.push_back(group);
    return place->second;
  }

  const ReportQuery& query_;
  ReportSums& sums_;
  std::map<ReportSums::Group, std::uint32_t> known_;
};

/// By the key's number in the file; those that do not pass have no group.
std::vector<KeyUse> uses_of_keys(const ReportQuery& query, const SqliteFile& file, ReportSums& sums) {
  std::vector<KeyUse> uses;
  Groups groups(query, sums);
  SqliteStatement keys = file.prepare("SELECT * FROM key WHERE cube = ?1");
  keys.with(to_string(cube_of(query.name)));
  while (keys.next()) {
    constexpr int first = 3;  // behind id, cube and digest
    RollupKey key;
    for (std::size_t i = 0; i < dimension_count; ++i) key[i] = keys.text(first + static_cast<int>(i));
    if (!passes(query, key)) continue;
    const auto id = static_cast<std::size_t>(keys.integer(0));
    if (id >= uses.size()) uses.resize(id + 1);
    uses[id] = {.groups = groups.of(key),
                .total = &sums.totals[value_of(key, Dimension::currency)],
                .blocked = value_of(key, Dimension::verdict) == "block",
                .refused = !value_of(key, Dimension::refusal).empty()};
  }
  return uses;
}

Measures measures_at(const SqliteStatement& cells, int column) {
  return {.messages = cells.integer(column),
          .parts = cells.integer(column + 1),
          .paid = cells.integer(column + 2),
          .charged = cells.integer(column + 3),
          .fees = cells.integer(column + 4),
          .leaks = cells.integer(column + 5),
          .leaked = cells.integer(column + 6)};
}

}  // namespace

ReportSpan span_of(const ReportQuery& query, const SqliteFile& file, const RollupTime& time) {
  const Begins begins = begins_of(query, file);
  ReportSpan span;
  span.since_s = time.begin(finest_at(query.since_s, begins, time), query.since_s);
  const Level last = finest_at(query.until_s, begins, time);
  span.until_s = time.begin(last, query.until_s);
  if (span.until_s < query.until_s) span.until_s = time.next(last, query.until_s);
  const Level coarsest = query.has_time() ? query.step : Level::day;
  const std::int64_t oldest = *std::min_element(begins.begin(), begins.end());
  for (std::int64_t at = std::max(span.since_s, oldest); at < span.until_s;) {
    Level level = std::max(coarsest, finest_at(at, begins, time));
    while (level != Level::minute && (time.begin(level, at) != at || time.next(level, at) > span.until_s))
      level = static_cast<Level>(static_cast<int>(level) - 1);
    const std::int64_t next = time.next(level, at);
    if (!span.pieces.empty() && span.pieces.back().level == level) span.pieces.back().to_s = next;
    else span.pieces.push_back({level, at, next});
    at = next;
  }
  return span;
}

ReportSums sum_cells(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                     const RollupTime& time) {
  ReportSums sums;
  const std::vector<KeyUse> uses = uses_of_keys(query, file, sums);
  const bool has_time = query.has_time();
  for (const ReportSpan::Piece& piece : span.pieces) {
    SqliteStatement cells = file.prepare(
        fmt::format("SELECT start, key, messages, parts, paid, charged, fees, leaks, leaked FROM {} WHERE "
                    "start >= ?1 AND start < ?2",
                    cells_table(piece.level, cube_of(query.name))));
    cells.with(piece.from_s, piece.to_s);
    std::int64_t start = -1;
    std::int64_t bucket = 0;
    while (cells.next()) {
      const auto key = static_cast<std::size_t>(cells.integer(1));
      if (key >= uses.size() || uses[key].total == nullptr) continue;
      const KeyUse& use = uses[key];
      if (has_time && cells.integer(0) != start) {
        start = cells.integer(0);
        bucket = time.begin(query.step, start);
      }
      ReportSum cell{.measures = measures_at(cells, 2)};
      if (use.blocked) cell.blocked = cell.measures.parts;
      if (use.refused) cell.refused = cell.measures.parts;
      *use.total += cell;
      for (const std::uint32_t group : use.groups) sums.sums[{bucket, group}] += cell;
      if (sums.sums.size() > most_rows)
        throw ReportError(fmt::format("found more than {} rows", most_rows),
                          "fewer: a coarser step, a shorter time, or less that tells rows apart");
    }
  }
  return sums;
}

ReportSums sum_unread(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                      const RollupTime& time) {
  ReportSums sums;
  const bool by_reason = std::any_of(query.by.begin(), query.by.end(),
                                     [](const ReportBy& by) { return by.what == ReportBy::What::reason; });
  std::map<std::string, std::uint32_t> groups;
  for (const ReportSpan::Piece& piece : span.pieces) {
    SqliteStatement rows = file.prepare(fmt::format(
        "SELECT start, reason, packets FROM {} WHERE start >= ?1 AND start < ?2", unread_table(piece.level)));
    rows.with(piece.from_s, piece.to_s);
    while (rows.next()) {
      const std::string reason(by_reason ? rows.text(1) : std::string_view{});
      const auto [group, is_new] = groups.try_emplace(reason, static_cast<std::uint32_t>(groups.size()));
      if (is_new) sums.groups.push_back(by_reason ? ReportSums::Group{reason, ""} : ReportSums::Group{""});
      const std::int64_t bucket = query.has_time() ? time.begin(query.step, rows.integer(0)) : 0;
      const ReportSum packets{.measures = {.parts = rows.integer(2)}};
      sums.sums[{bucket, group->second}] += packets;
      sums.totals[""] += packets;
    }
  }
  return sums;
}

}  // namespace tollgate::record
