#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "record/report_query.hpp"
#include "record/rollup_key.hpp"
#include "record/rollup_time.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// What a row of a report adds up.
struct ReportSum {
  Measures measures;         ///< of what was not read, `parts` are packets
  std::int64_t blocked = 0;  ///< parts
  std::int64_t refused = 0;  ///< parts that the policy charges and nobody pays

  ReportSum& operator+=(const ReportSum& more) {
    measures += more.measures;
    blocked += more.blocked;
    refused += more.refused;
    return *this;
  }
};

/// What a report adds up, by what it tells apart. Totals count each cell once, though a message with two
/// labels stands in two groups.
struct ReportSums {
  /// The values of the query's columns but the time, and behind them the currency.
  using Group = std::vector<std::string>;

  std::vector<Group> groups;
  /// By time (0 where the query does not ask for it) and the index of the group.
  absl::flat_hash_map<std::pair<std::int64_t, std::uint32_t>, ReportSum> sums;
  std::map<std::string, ReportSum> totals;  ///< by currency
};

/// Which cells a span of time is made of: the coarsest that lie in it whole.
struct ReportSpan {
  struct Piece {
    Level level = Level::minute;
    std::int64_t from_s = 0;
    std::int64_t to_s = 0;  ///< up to but without
  };
  std::vector<Piece> pieces;
  std::int64_t since_s = 0;  ///< as asked, or earlier where finer cells are not kept any more
  std::int64_t until_s = 0;
};

/// Throws: what is added up, or shown, is more than `most` rows.
[[noreturn]] void refuse_rows(std::size_t most);

ReportSpan span_of(const ReportQuery& query, const SqliteFile& file, const RollupTime& time);

/// Throw RollupError, and ReportError where there are too many rows.
ReportSums sum_cells(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                     const RollupTime& time);
ReportSums sum_unread(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                      const RollupTime& time);

}  // namespace tollgate::record
