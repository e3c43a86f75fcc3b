#include "record/rollup_time.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "record/sqlite_file.hpp"

namespace tollgate::record {
namespace {

constexpr std::int64_t minute_s = 60;
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 86'400;
constexpr std::uint64_t second_ns = 1'000'000'000;

}  // namespace

RollupTime::RollupTime(const std::string& zone) : name_(zone), zone_(rules::TimeZone::named(zone)) {
  if (zone_ == nullptr) throw RollupError(fmt::format("there is no time zone {}", zone));
}

std::int64_t RollupTime::offset(std::int64_t seconds) const {
  return zone_->offset(static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0)) * second_ns);
}

std::int64_t RollupTime::begin(Level level, std::int64_t seconds) const {
  if (level == Level::minute) return seconds - seconds % minute_s;
  const std::int64_t here = offset(seconds);
  const std::int64_t local = seconds + here;
  if (level == Level::hour) return local - local % hour_s - here;
  const std::int64_t midnight = local - local % day_s;
  // The offset is that of midnight, which may be another than that of the moment.
  return std::max<std::int64_t>(midnight - offset(midnight - here), 0);
}

std::int64_t RollupTime::next(Level level, std::int64_t seconds) const {
  if (level == Level::minute) return begin(level, seconds) + minute_s;
  if (level == Level::hour) return begin(level, seconds + hour_s);
  constexpr std::int64_t most_day_s = day_s + 2 * hour_s;
  return begin(level, begin(level, seconds) + most_day_s);
}

std::string RollupTime::local_date(std::int64_t seconds) const {
  using namespace std::chrono;
  const year_month_day date(floor<days>(sys_seconds(std::chrono::seconds(seconds + offset(seconds)))));
  return fmt::format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
}

}  // namespace tollgate::record
