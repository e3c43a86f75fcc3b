#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "record/rollup_key.hpp"
#include "rules/time_window.hpp"

namespace tollgate::record {

/// Where the minutes, hours and days of a zone begin, in seconds since 1970. Hours and days are those of its
/// clocks; a day on which these are set has 23 or 25 hours.
class RollupTime {
 public:
  /// Throws RollupError where there is no such zone.
  explicit RollupTime(const std::string& zone);

  /// The begin of the one in which a moment lies.
  std::int64_t begin(Level level, std::int64_t seconds) const;
  /// The begin of the next.
  std::int64_t next(Level level, std::int64_t seconds) const;
  /// The day in which a moment lies, as `2026-11-22`.
  std::string local_date(std::int64_t seconds) const;
  const std::string& zone() const { return name_; }

 private:
  std::int64_t offset(std::int64_t seconds) const;

  std::string name_;
  std::shared_ptr<const rules::TimeZone> zone_;
};

}  // namespace tollgate::record
