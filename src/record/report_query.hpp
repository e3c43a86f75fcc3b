#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "record/rollup_key.hpp"
#include "record/rollup_time.hpp"

namespace tollgate::record {

/// What is asked of reports and cannot be answered: what was found, and what is expected.
class ReportError : public std::runtime_error {
 public:
  ReportError(const std::string& found, const std::string& expected)
      : std::runtime_error(found + "; expected " + expected), found_(found), expected_(expected) {}
  const std::string& found() const { return found_; }
  const std::string& expected() const { return expected_; }

 private:
  std::string found_;
  std::string expected_;
};

enum class ReportName : std::uint8_t {
  traffic,
  blocked,
  revenue,
  leakage,
  senders,
  rules,
  accounts,
  uninspected,
};
std::string_view to_string(ReportName name);
/// What it adds up; `uninspected` has counters of its own.
Cube cube_of(ReportName name);
/// All of them, and what they tell.
struct ReportKind {
  ReportName name;
  std::string_view does;
};
std::span<const ReportKind> report_kinds();

/// A column by which a report tells rows apart: a dimension, `time`, or of what was not inspected `reason`.
struct ReportBy {
  enum class What : std::uint8_t { dimension, time, reason };
  What what = What::dimension;
  Dimension dimension = Dimension::route;  ///< of What::dimension

  std::string_view name() const;
  friend bool operator==(const ReportBy&, const ReportBy&) = default;
};

/// What is counted alone.
struct ReportFilter {
  struct Value {
    std::string text;
    bool begins = false;  ///< whatever begins so: written with `*` behind it
    friend bool operator==(const Value&, const Value&) = default;
  };
  ReportBy by;  ///< not by time
  bool is_not = false;
  std::vector<Value> values;  ///< any of them

  bool is_by(Dimension dimension) const { return by == ReportBy{.dimension = dimension}; }
};

/// As one is written where no other stands beside it: with a backslash before each of its own, and before a
/// last star of its own.
std::string written(const ReportFilter::Value& value);
/// What was written so, or with more backslashes.
ReportFilter::Value read_value(std::string_view text);

struct ReportQuery {
  ReportName name = ReportName::traffic;
  std::int64_t since_s = 0;  ///< since 1970
  std::int64_t until_s = 0;  ///< up to but without
  Level step = Level::hour;  ///< of `time`
  std::vector<ReportBy> by;
  std::vector<ReportFilter> where;
  std::size_t top =
      0;  ///< so many rows, or groups of them that differ in more than time; the others together
  std::size_t most_rows = 500'000;  ///< more than anybody reads: a query that has more is refused
  /// That are added up at most for a report that shows the `top` ones of them.
  static constexpr std::size_t most_sums = 500'000;

  bool has_time() const;
};

/// A query as it is written down; what is empty was not given.
struct ReportWords {
  std::string name;
  std::string since;  ///< `2026-11-01T00:00:00Z`, `2026-11-01`, or how long before now: `90d`, `24h`, `30m`
  std::string until;
  std::string step;  ///< minute, hour or day
  std::string by;    ///< `time,verdict`
  std::string
      where;  ///< `route=international,verdict!=pass,sender=447*`; a value of several: `label=otp|spam`
  std::string top;
};

/// What `since` and `until` are written as, in seconds since 1970, as `now_s` is. Throws ReportError.
std::int64_t read_moment(const std::string& text, const RollupTime& time, std::int64_t now_s);

/// `now_s`: seconds since 1970. Throws ReportError.
ReportQuery read_query(const ReportWords& words, const RollupTime& time, std::int64_t now_s);

}  // namespace tollgate::record
