#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/alert_rule.hpp"

namespace tollgate::record {

/// What tells a row from others: columns and their values. Empty where there is one value alone.
using AlertRow = std::vector<std::pair<std::string, std::string>>;

/// What an alert finds when it looks.
struct AlertValue {
  AlertRow row;
  double value = 0;
};

/// When it looks: by a clock that nobody sets, and by the system's, which somebody may.
struct AlertTime {
  std::int64_t steady_s = 0;
  std::int64_t utc_s = 0;  ///< since 1970
};

/// What somebody is to be told.
struct AlertNotice {
  bool raised = true;  ///< or cleared
  AlertRow row;
  double value = 0;
  std::int64_t since_s = 0;  ///< when it went over the bound; since 1970
};

/// One alert, and which of its rows are over the bound. A row is raised once it has been over it for as long
/// as the rule says, and cleared when it is below `back_below`, or 0. While it stands, it is told of anew
/// each day. Bounded: further rows are only counted. Time is passed in.
class Alert {
 public:
  static constexpr std::size_t most_rows = 100;
  static constexpr std::int64_t repeated_after_s = 86'400;

  explicit Alert(AlertRule rule) : rule_(std::move(rule)) {}

  /// `values`: all rows as of now; one that is missing is 0.
  std::vector<AlertNotice> look(std::vector<AlertValue> values, AlertTime now);

  const AlertRule& rule() const { return rule_; }
  /// Those that are raised, as they were when it looked last.
  std::vector<AlertNotice> standing() const;
  /// The highest value, and when, of the last look that worked; nothing: there was none yet.
  struct Last {
    double value = 0;       ///< 0: there were no rows
    std::int64_t at_s = 0;  ///< since 1970
  };
  const std::optional<Last>& last() const { return last_; }
  /// Rows that were over the bound, and had no room, when it looked last.
  std::size_t left_out() const { return left_out_; }

 private:
  struct Over {
    AlertTime since;
    std::int64_t told_s = 0;  ///< steady; of one that is raised
    bool raised = false;
    double value = 0;
  };

  void look_at_those_over(const std::map<AlertRow, double>& values, AlertTime now,
                          std::vector<AlertNotice>& notices);
  void take_new_ones(const std::vector<AlertValue>& values, AlertTime now);

  AlertRule rule_;
  std::map<AlertRow, Over> over_;
  std::size_t left_out_ = 0;
  std::optional<Last> last_;
};

}  // namespace tollgate::record
