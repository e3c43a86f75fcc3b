#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/report.hpp"

namespace tollgate::record {

/// What an alert looks at that is in no report.
enum class AlertMeasure : std::uint8_t {
  ledger_lag,      ///< seconds since the ledger took events, or had none to take
  lost_events,     ///< that did not come to their file
  silent_seconds,  ///< for which a call to a sink has not come back
};
std::string_view to_string(AlertMeasure measure);
std::optional<AlertMeasure> measure_named(std::string_view name);

/// What is watched, and from which value on somebody is to be told.
struct AlertRule {
  std::string name;
  std::optional<ReportQuery> report;  ///< its times are those of each look; nothing: a measure
  Report::Column figure;              ///< of the report
  AlertMeasure measure = AlertMeasure::ledger_lag;
  double over = 0;        ///< money in units, shares in percent
  double back_below = 0;  ///< at most `over`
  std::int64_t within_s = 3600;
  std::int64_t for_s = 0;
  std::int64_t every_s = 60;
  std::string webhook;  ///< empty: the log alone
  std::string secret;   ///< the file whose first line notices to it are signed with; empty: they are not
};

}  // namespace tollgate::record
