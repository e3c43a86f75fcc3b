#include "charge/ledger_month.hpp"

#include <chrono>

#include <fmt/format.h>

#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

using std::chrono::year_month;
using std::chrono::year_month_day;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_s = 86'400;

year_month_day date_at(const rules::TimeZone& zone, std::uint64_t time_ns) {
  const auto local = static_cast<std::int64_t>(time_ns / second_ns) + zone.offset(time_ns);
  return year_month_day(
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(local))));
}

/// When the month begins.
std::uint64_t begin_of(const rules::TimeZone& zone, year_month month) {
  const std::int64_t local =
      std::chrono::sys_days(month / std::chrono::day(1)).time_since_epoch().count() * day_s;
  const auto at = [](std::int64_t seconds) {
    return seconds <= 0 ? 0 : static_cast<std::uint64_t>(seconds) * second_ns;
  };
  // The offset is that of the moment itself, not of one that far from it.
  const std::int64_t near = local - zone.offset(at(local));
  return at(local - zone.offset(at(near)));
}

Month month_of(const rules::TimeZone& zone, year_month month) {
  return {fmt::format("{:04}-{:02}", static_cast<int>(month.year()), static_cast<unsigned>(month.month())),
          begin_of(zone, month), begin_of(zone, month + std::chrono::months(1))};
}

}  // namespace

Month month_at(const rules::TimeZone& zone, std::uint64_t time_ns) {
  const year_month_day date = date_at(zone, time_ns);
  return month_of(zone, date.year() / date.month());
}

std::optional<Month> month_named(const rules::TimeZone& zone, std::string_view name) {
  if (name.size() != 7 || name[4] != '-') return {};
  const auto year = rules::whole_number(name.substr(0, 4));
  const auto month = rules::whole_number(name.substr(5));
  if (!year || !month || *year < 1970 || *year > 2099 || *month < 1 || *month > 12) return {};
  return month_of(
      zone, std::chrono::year(static_cast<int>(*year)) / std::chrono::month(static_cast<unsigned>(*month)));
}

std::string day_at(const rules::TimeZone& zone, std::uint64_t time_ns) {
  const year_month_day date = date_at(zone, time_ns);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

const std::string& Days::of(std::uint64_t time_ns) {
  // No clock is set within a quarter of an hour of UTC.
  constexpr std::uint64_t quarter_ns = 900'000'000'000;
  if (time_ns / quarter_ns != quarter_) {
    quarter_ = time_ns / quarter_ns;
    day_ = day_at(zone_, time_ns);
  }
  return day_;
}

}  // namespace tollgate::charge
