#include "rules/time_window.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <unicode/basictz.h>
#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unicode/tztrans.h>

#include "rules/yaml_reader.hpp"

namespace tollgate::rules {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t minute_s = 60;
constexpr std::int64_t day_s = 86'400;
constexpr double end_ms = 4'102'444'800'000.0;  // 2100-01-01T00:00:00Z

struct Clock {
  std::int64_t day;     ///< since 1970-01-01, by local clocks
  std::int64_t minute;  ///< of the day
};

Clock clock_of(const TimeZone& zone, std::uint64_t time_ns) {
  const std::int64_t local = static_cast<std::int64_t>(time_ns / second_ns) + zone.offset(time_ns);
  // Before 1970-01-01T00:00 by local clocks: the day before.
  const std::int64_t day = (local >= 0 ? local : local - day_s + 1) / day_s;
  return {day, (local - day * day_s) / minute_s};
}

/// From Monday, 0. Day 0 was a Thursday.
std::size_t weekday(std::int64_t day) { return static_cast<std::size_t>((day + 3 + 7) % 7); }

std::size_t country_index(std::string_view country) {
  const auto letter = [](char c) { return static_cast<std::size_t>(c - 'A'); };
  const bool known = country.size() == 2 &&
                     std::all_of(country.begin(), country.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return known ? letter(country[0]) * 26 + letter(country[1]) : 26 * 26;
}

}  // namespace

std::shared_ptr<const TimeZone> TimeZone::named(const std::string& name) {
  const auto id = icu::UnicodeString::fromUTF8(name);
  const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(id));
  if (*zone == icu::TimeZone::getUnknown()) return nullptr;
  auto table = std::make_shared<TimeZone>();
  std::int32_t raw = 0;
  std::int32_t saving = 0;
  UErrorCode error = U_ZERO_ERROR;
  zone->getOffset(0.0, 0, raw, saving, error);
  if (U_FAILURE(error) != 0) return nullptr;
  table->changes_.push_back({0, (raw + saving) / 1000});
  const auto* basic = dynamic_cast<const icu::BasicTimeZone*>(zone.get());
  icu::TimeZoneTransition change;
  for (double at = 0; basic != nullptr && basic->getNextTransition(at, 0, change) != 0;) {
    at = change.getTime();
    if (at >= end_ms) break;
    const icu::TimeZoneRule* after = change.getTo();
    table->changes_.push_back(
        {static_cast<std::int64_t>(at / 1000), (after->getRawOffset() + after->getDSTSavings()) / 1000});
  }
  return table;
}

std::vector<std::shared_ptr<const TimeZone>> TimeZone::of_country(const std::string& country) {
  std::vector<std::shared_ptr<const TimeZone>> zones;
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> names(icu::TimeZone::createTimeZoneIDEnumeration(
      UCAL_ZONE_TYPE_CANONICAL_LOCATION, country.c_str(), nullptr, error));
  if (U_FAILURE(error) != 0 || names == nullptr) return zones;
  while (const icu::UnicodeString* name = names->snext(error)) {
    std::string text;
    name->toUTF8String(text);
    if (auto zone = named(text)) zones.push_back(std::move(zone));
  }
  return zones;
}

std::int32_t TimeZone::offset(std::uint64_t time_ns) const {
  const auto seconds = static_cast<std::int64_t>(time_ns / second_ns);
  const auto after = std::upper_bound(changes_.begin() + 1, changes_.end(), seconds,
                                      [](std::int64_t at, const Change& change) { return at < change.from; });
  return std::prev(after)->offset;
}

CountryZones::CountryZones() : zones_(26 * 26 + 1) {
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::string country{a, b};
      zones_[country_index(country)] = TimeZone::of_country(country);
    }
  }
}

const std::vector<std::shared_ptr<const TimeZone>>& CountryZones::of(std::string_view country) const {
  return zones_[country_index(country)];
}

std::string local_time(const TimeZone& zone, std::uint64_t time_ns) {
  const auto [day, minute] = clock_of(zone, time_ns);
  return fmt::format("{} {:02}:{:02}", weekday_names[weekday(day)], minute / 60, minute % 60);
}

bool contains(const TimeWindow& window, const TimeZone& zone, std::uint64_t time_ns) {
  const Clock local = clock_of(zone, time_ns);
  const std::int64_t day = local.day;
  const std::int64_t minute = local.minute;
  const auto on = [&](std::int64_t d) { return (window.days >> weekday(d) & 1U) != 0; };
  if (window.from < window.to) return minute >= window.from && minute < window.to && on(day);
  return (minute >= window.from && on(day)) || (minute < window.to && on(day - 1));
}

std::optional<bool> contains(const TimeWindow& window, const CountryZones& zones, std::string_view country,
                             std::uint64_t time_ns) {
  const auto& all = zones.of(country);
  if (all.empty()) return {};
  return std::all_of(all.begin(), all.end(),
                     [&](const auto& zone) { return contains(window, *zone, time_ns); });
}

std::optional<std::uint16_t> minute_of_day(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon > 2 || text.size() != colon + 3) return {};
  const auto hour = whole_number(text.substr(0, colon));
  const auto minute = whole_number(text.substr(colon + 1));
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > 24 * 60) return {};
  return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

std::optional<TimeWindow> read_time_window(std::string_view hours, std::string_view days,
                                           const std::string& zone) {
  TimeWindow window;
  window.zone = TimeZone::named(zone);
  if (window.zone == nullptr) return {};
  if (!hours.empty()) {
    const std::size_t dash = hours.find('-');
    const auto from = minute_of_day(hours.substr(0, dash));
    const auto to = dash == hours.npos ? std::nullopt : minute_of_day(hours.substr(dash + 1));
    if (!from || !to || *from == 24 * 60 || *from == *to) return {};
    window.from = *from;
    window.to = *to;
  }
  if (days.empty()) return window;
  window.days = 0;
  for (std::size_t begin = 0; begin < days.size();) {
    const std::size_t end = std::min(days.find(' ', begin), days.size());
    const auto place = std::find(weekday_names.begin(), weekday_names.end(), days.substr(begin, end - begin));
    if (place == weekday_names.end()) return {};
    window.days = static_cast<std::uint8_t>(window.days | 1U << (place - weekday_names.begin()));
    begin = end + 1;
  }
  return window;
}

}  // namespace tollgate::rules
