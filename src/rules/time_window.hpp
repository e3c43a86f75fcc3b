#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::rules {

/// The local time of a named zone (IANA), as a table of its offsets: asked without allocation.
class TimeZone {
 public:
  /// Null where there is no zone of that name.
  static std::shared_ptr<const TimeZone> named(const std::string& name);
  /// The zones of a country (ISO 3166); none where it is not known.
  static std::vector<std::shared_ptr<const TimeZone>> of_country(const std::string& country);

  /// Seconds to be added to UTC, from 1970 to 2099.
  std::int32_t offset(std::uint64_t time_ns) const;

 private:
  struct Change {
    std::int64_t from;  ///< seconds since 1970
    std::int32_t offset;
  };
  std::vector<Change> changes_;  ///< never empty
};

/// The zones of all countries, made once.
class CountryZones {
 public:
  CountryZones();
  /// Those of a country in ISO 3166; empty where there are none.
  const std::vector<std::shared_ptr<const TimeZone>>& of(std::string_view country) const;

 private:
  std::vector<std::vector<std::shared_ptr<const TimeZone>>> zones_;  ///< by the two letters
};

/// `time: {between: '21:00-08:00', days: [sat, sun], zone: Europe/London}`. Where it goes over midnight,
/// what is after midnight belongs to the day before.
struct TimeWindow {
  std::uint16_t from = 0;                ///< minute of the day
  std::uint16_t to = 24 * 60;            ///< up to but without
  std::uint8_t days = 0x7F;              ///< bit 0 is Monday
  std::shared_ptr<const TimeZone> zone;  ///< null: the recipient's country
};

inline constexpr std::array<std::string_view, 7> weekday_names{"mon", "tue", "wed", "thu",
                                                               "fri", "sat", "sun"};

/// `21:00` as minutes; up to `24:00`. Nothing where the text is no time of the day.
std::optional<std::uint16_t> minute_of_day(std::string_view text);

/// The window from `hours`, such as `08:00-20:00` (empty: the whole day), on `days`, such as `mon tue`
/// (empty: all), by the clocks of `zone`. Nothing where one of them cannot be read.
std::optional<TimeWindow> read_time_window(std::string_view hours, std::string_view days,
                                           const std::string& zone);

/// The day and time by the clocks of `zone`, as `sat 22:14`.
std::string local_time(const TimeZone& zone, std::uint64_t time_ns);

/// Whether the moment lies in the window, by the clocks of `zone`.
bool contains(const TimeWindow& window, const TimeZone& zone, std::uint64_t time_ns);
/// The same for the country's clocks: those of all its zones. Nothing where the country is not known.
std::optional<bool> contains(const TimeWindow& window, const CountryZones& zones, std::string_view country,
                             std::uint64_t time_ns);

}  // namespace tollgate::rules
