#include "record/report_sums.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <absl/container/inlined_vector.h>
#include <fmt/format.h>

#include "record/rollup_cells.hpp"

namespace tollgate::record {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> first_unread(const SqliteFile& file, Level level) {
  SqliteStatement oldest = file.prepare(fmt::format("SELECT min(start) FROM {}", unread_table(level)));
  if (!oldest.next() || oldest.is_null(0)) return std::nullopt;
  return oldest.integer(0);
}

/// How many rows are added up at most: all are shown, unless the query asks for the `top` ones.
std::size_t most_sums(const ReportQuery& query) {
  return query.top == 0 ? query.most_rows : std::max(query.most_rows, ReportQuery::most_sums);
}

/// Since when all is kept, by level.
using Kept = std::array<std::int64_t, all_levels.size()>;

/// Finer cells count as kept no longer than coarser ones, which stand between them.
Kept kept_of(const SqliteFile& file) {
  Kept kept{};
  std::int64_t coarser = std::numeric_limits<std::int64_t>::min();
  for (const Level level : {Level::day, Level::hour, Level::minute})
    coarser = kept[static_cast<std::size_t>(level)] = std::max(coarser, kept_since(file, level));
  return kept;
}

/// When the first time begins of which there is something.
std::int64_t oldest_of(const ReportQuery& query, const SqliteFile& file) {
  std::int64_t oldest = never;
  for (const Level level : all_levels) {
    const auto first = query.name == ReportName::uninspected
                           ? first_unread(file, level)
                           : first_start(file, {level, cube_of(query.name)});
    oldest = std::min(oldest, first.value_or(never));
  }
  return oldest;
}

/// The finest cells of which the one that a moment lies in is kept.
Level finest_at(std::int64_t seconds, const Kept& kept, const RollupTime& time) {
  for (const Level level : {Level::minute, Level::hour}) {
    if (time.begin(level, seconds) >= kept[static_cast<std::size_t>(level)]) return level;
  }
  return Level::day;
}

/// The finest cells by which a span can end: those from the begin of the longer one that the end lies in, or
/// from the begin of the span, are all kept.
Level finest_end(std::int64_t since_s, std::int64_t until_s, const Kept& kept, const RollupTime& time) {
  const auto is_kept = [&](Level finer, Level longer) {
    return std::max(time.begin(longer, until_s), since_s) >= kept[static_cast<std::size_t>(finer)];
  };
  if (!is_kept(Level::hour, Level::day)) return Level::day;
  return is_kept(Level::minute, Level::hour) ? Level::minute : Level::hour;
}

/// What a query makes of a key.
struct KeyUse {
  absl::InlinedVector<std::uint32_t, 2> groups;
  ReportSum* total = nullptr;  ///< null: the key does not pass
  bool blocked = false;
  bool refused = false;
};

bool passes(const ReportFilter& filter, std::string_view value) {
  return std::any_of(filter.values.begin(), filter.values.end(), [&](const ReportFilter::Value& wanted) {
    return wanted.begins ? value.starts_with(wanted.text) : value == wanted.text;
  });
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
  const std::string& value = value_of(key, filter.by.dimension);
  bool found = false;
  if (filter.by.dimension == Dimension::label)
    for_each_label(value, [&](std::string_view label) { found = found || passes(filter, label); });
  else found = passes(filter, std::string_view(value));
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

  absl::InlinedVector<std::uint32_t, 2> of(const RollupKey& key) {
    absl::InlinedVector<std::uint32_t, 2> found;
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
    if (sums_.groups.size() > most_sums(query_)) refuse_rows(most_sums(query_));
    return place->second;
  }

  const ReportQuery& query_;
  ReportSums& sums_;
  std::map<ReportSums::Group, std::uint32_t> known_;
};

/// What a query makes of keys, by their numbers in the file; each is looked up when it is first met.
class KeyUses {
 public:
  KeyUses(const ReportQuery& query, const SqliteFile& file, ReportSums& sums)
      : query_(query), sums_(sums), groups_(query, sums) {
    std::string columns;
    for (std::size_t i = 0; i < dimension_count; ++i) {
      const auto dimension = static_cast<Dimension>(i);
      if (!is_needed(dimension)) continue;
      needed_.push_back(dimension);
      columns += fmt::format("{}{}", columns.empty() ? "" : ", ", to_string(dimension));
    }
    find_.emplace(file.prepare(fmt::format("SELECT {} FROM key WHERE id = ?1", columns)));
  }

  const KeyUse& of(std::int64_t number) {
    const auto [place, is_new] = known_.try_emplace(number);
    if (is_new) place->second = look_up(number);
    return place->second;
  }

 private:
  bool is_needed(Dimension dimension) const {
    constexpr std::array always{Dimension::currency, Dimension::verdict, Dimension::refusal};
    return std::find(always.begin(), always.end(), dimension) != always.end() ||
           std::find(query_.by.begin(), query_.by.end(), ReportBy{.dimension = dimension}) !=
               query_.by.end() ||
           std::any_of(query_.where.begin(), query_.where.end(),
                       [&](const ReportFilter& filter) { return filter.is_by(dimension); });
  }

  KeyUse look_up(std::int64_t number) {
    if (!find_->with(number).next()) return {};
    RollupKey key;
    int column = 0;
    for (const Dimension dimension : needed_) value_of(key, dimension) = find_->text(column++);
    if (!passes(query_, key)) return {};
    return {.groups = groups_.of(key),
            .total = &sums_.totals[value_of(key, Dimension::currency)],
            .blocked = value_of(key, Dimension::verdict) == "block",
            .refused = !value_of(key, Dimension::refusal).empty()};
  }

  const ReportQuery& query_;
  ReportSums& sums_;
  Groups groups_;
  std::vector<Dimension> needed_;
  std::optional<SqliteStatement> find_;
  absl::flat_hash_map<std::int64_t, KeyUse> known_;
};

/// Sums of one time, by group, before they go to those of all.
class TimeSums {
 public:
  TimeSums(ReportSums& sums, std::size_t most_rows) : sums_(sums), most_rows_(most_rows) {}

  void add(std::uint32_t group, const ReportSum& cell) {
    if (group >= of_groups_.size()) of_groups_.resize(sums_.groups.size());
    if (of_groups_[group].measures.parts == 0) touched_.push_back(group);
    of_groups_[group] += cell;
  }

  void go_to(std::int64_t time_s) {
    if (time_s == time_s_) return;
    finish();
    time_s_ = time_s;
  }

  void finish() {
    for (const std::uint32_t group : touched_)
      sums_.sums[{time_s_, group}] += std::exchange(of_groups_[group], {});
    touched_.clear();
    if (sums_.sums.size() > most_rows_) refuse_rows(most_rows_);
  }

 private:
  ReportSums& sums_;
  const std::size_t most_rows_;
  std::int64_t time_s_ = 0;
  std::vector<ReportSum> of_groups_;
  std::vector<std::uint32_t> touched_;
};

/// Of what was not read, which has no currency.
ReportSums::Group unread_group(const ReportQuery& query, std::string_view reason, std::string_view route) {
  ReportSums::Group group;
  for (const ReportBy& by : query.by) {
    if (by.what == ReportBy::What::reason) group.emplace_back(reason);
    if (by.what == ReportBy::What::dimension) group.emplace_back(route);
  }
  group.emplace_back();
  return group;
}

bool passes_unread(const ReportQuery& query, std::string_view reason, std::string_view route) {
  return std::all_of(query.where.begin(), query.where.end(), [&](const ReportFilter& filter) {
    const bool is_reason = filter.by.what == ReportBy::What::reason;
    return passes(filter, is_reason ? reason : route) != filter.is_not;
  });
}

}  // namespace

void refuse_rows(std::size_t most) {
  throw ReportError(fmt::format("found more than {} rows", most),
                    "fewer: a coarser step, a shorter time, or less that tells rows apart");
}

ReportSpan span_of(const ReportQuery& query, const SqliteFile& file, const RollupTime& time) {
  const Kept kept = kept_of(file);
  ReportSpan span;
  span.since_s = time.begin(finest_at(query.since_s, kept, time), query.since_s);
  const Level last = finest_end(span.since_s, query.until_s, kept, time);
  span.until_s = time.begin(last, query.until_s);
  if (span.until_s < query.until_s) span.until_s = time.next(last, query.until_s);
  const Level coarsest = query.has_time() ? query.step : Level::day;
  const std::int64_t oldest = oldest_of(query, file);
  for (std::int64_t at = std::max(span.since_s, oldest); at < span.until_s;) {
    Level level = std::max(coarsest, finest_at(at, kept, time));
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
  KeyUses uses(query, file, sums);
  TimeSums of_time(sums, most_sums(query));
  const bool has_time = query.has_time();
  std::int64_t last_start = -1;
  for (const ReportSpan::Piece& piece : span.pieces)
    for_each_cell(file, {piece.level, cube_of(query.name)}, {piece.from_s, piece.to_s},
                  [&](std::int64_t start, const KeyedMeasures& keyed) {
                    const KeyUse& use = uses.of(keyed.key);
                    if (use.total == nullptr) return;
                    if (has_time && start != last_start) {
                      of_time.go_to(time.begin(query.step, start));
                      last_start = start;
                    }
                    ReportSum cell{.measures = keyed.measures};
                    if (use.blocked) cell.blocked = cell.measures.parts;
                    if (use.refused) cell.refused = cell.measures.parts;
                    *use.total += cell;
                    for (const std::uint32_t group : use.groups) of_time.add(group, cell);
                  });
  of_time.finish();
  return sums;
}

ReportSums sum_unread(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                      const RollupTime& time) {
  ReportSums sums;
  std::map<ReportSums::Group, std::uint32_t> groups;
  for (const ReportSpan::Piece& piece : span.pieces) {
    SqliteStatement rows = file.prepare(
        fmt::format("SELECT start, reason, route, packets FROM {} WHERE start >= ?1 AND start < ?2",
                    unread_table(piece.level)));
    rows.with(piece.from_s, piece.to_s);
    while (rows.next()) {
      if (!passes_unread(query, rows.text(1), rows.text(2))) continue;
      const auto [group, is_new] = groups.try_emplace(unread_group(query, rows.text(1), rows.text(2)),
                                                      static_cast<std::uint32_t>(groups.size()));
      if (is_new) sums.groups.push_back(group->first);
      const std::int64_t bucket = query.has_time() ? time.begin(query.step, rows.integer(0)) : 0;
      const ReportSum packets{.measures = {.parts = rows.integer(3)}};
      sums.sums[{bucket, group->second}] += packets;
      sums.totals[""] += packets;
    }
  }
  return sums;
}

}  // namespace tollgate::record
