#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "record/report_query.hpp"
#include "record/sqlite_file.hpp"

namespace tollgate::record {

/// How often somebody said that a rule was wrong.
struct MarkCounts {
  std::uint64_t false_positives = 0;
  std::uint64_t false_negatives = 0;
};

/// One table of figures.
struct Report {
  enum class Kind : std::uint8_t { text, time, count, money, percent };
  struct Column {
    std::string name;
    Kind kind = Kind::text;
  };
  /// Nothing where there is no such thing; money in millionths, a time in seconds since 1970.
  using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
  using Row = std::vector<Value>;

  ReportQuery query;      ///< with the times that the figures are of
  std::string time_zone;  ///< whose days they are
  std::vector<Column> columns;
  std::vector<Row> rows;
  Row totals;
  std::size_t left_out = 0;        ///< groups that stand together as `(others)`
  std::vector<std::string> notes;  ///< what a reader must know of the figures
};

/// Reads reports out of a file of rollups, which somebody else may write meanwhile. One thread.
class Reports {
 public:
  /// Throws RollupError.
  explicit Reports(const std::string& path);

  const RollupTime& time() const { return time_; }

  /// What is known of rules beside their hits.
  using Marks = std::map<std::uint32_t, MarkCounts>;
  /// Throws RollupError, ReportError.
  /// Without marks it is not known how often a rule was wrong.
  Report make(const ReportQuery& query, const std::optional<Marks>& marks = std::nullopt) const;

 private:
  SqliteFile file_;
  RollupTime time_;
};

/// The figures that a report has beside what tells its rows apart.
std::vector<Report::Column> figures_in(ReportName name);
/// Whether the report adds the figure up over all rows: what several rules hit is counted for each of them.
bool has_sum(ReportName name, std::string_view figure);

/// `2026-11-01T00:00:00Z`.
std::string report_time(std::int64_t seconds);

/// For a person: aligned, with totals. `query`: the report's own.
std::string to_text(const Report& report);
/// A line for its columns, and one for each row; money with its decimals. No totals.
std::string to_csv(const Report& report);
nlohmann::ordered_json to_json(const Report& report);
/// What to_json() has written. Throws nlohmann::json::exception where it is another thing.
Report report_of(const nlohmann::ordered_json& json);

/// Hides the numbers of senders, but for their last digits.
void mask_senders(Report& report);
/// Whether the query asks for the number of somebody.
bool asks_for_a_number(const ReportQuery& query);

}  // namespace tollgate::record
