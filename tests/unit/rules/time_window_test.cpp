#include "rules/time_window.hpp"

#include <gtest/gtest.h>

#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

std::uint64_t at(std::string_view time) { return parse_time(time).value(); }

TimeWindow window(std::uint16_t from, std::uint16_t to, std::uint8_t days = 0x7F) {
  TimeWindow w;
  w.from = from;
  w.to = to;
  w.days = days;
  return w;
}

constexpr std::uint8_t saturday = 1U << 5U;

TEST(TimeZone, changes_its_offset_when_the_clocks_change) {
  const auto london = TimeZone::named("Europe/London");
  ASSERT_NE(london, nullptr);
  // Directive 2000/84/EC, which the UK still follows: the last Sundays of March and October, at 01:00 UTC.
  EXPECT_EQ(london->offset(at("2026-03-29T00:59:59Z")), 0);
  EXPECT_EQ(london->offset(at("2026-03-29T01:00:00Z")), 3600);
  EXPECT_EQ(london->offset(at("2026-10-25T00:59:59Z")), 3600);
  EXPECT_EQ(london->offset(at("2026-10-25T01:00:00Z")), 0);
  EXPECT_EQ(london->offset(0), 3600) << "British Standard Time, 1968 to 1971";
}

TEST(TimeZone, of_a_fixed_offset_and_of_no_name) {
  EXPECT_EQ(TimeZone::named("Asia/Kolkata")->offset(at("2026-01-01T00:00:00Z")), 19'800);
  EXPECT_EQ(TimeZone::named("UTC")->offset(at("2099-12-31T23:59:59Z")), 0);
  EXPECT_EQ(TimeZone::named("Europe/Nowhere"), nullptr);
  EXPECT_EQ(TimeZone::named(""), nullptr);
}

TEST(TimeWindow, begins_with_its_first_minute_and_ends_before_its_last) {
  const auto utc = TimeZone::named("UTC");
  const TimeWindow morning = window(8 * 60, 12 * 60);
  EXPECT_FALSE(contains(morning, *utc, at("2026-11-21T07:59:59Z")));
  EXPECT_TRUE(contains(morning, *utc, at("2026-11-21T08:00:00Z")));
  EXPECT_TRUE(contains(morning, *utc, at("2026-11-21T11:59:59Z")));
  EXPECT_FALSE(contains(morning, *utc, at("2026-11-21T12:00:00Z")));
}

TEST(TimeWindow, over_midnight_belongs_to_the_day_on_which_it_begins) {
  const auto utc = TimeZone::named("UTC");
  const TimeWindow night = window(21 * 60, 8 * 60, saturday);  // 2026-11-21 is one
  EXPECT_FALSE(contains(night, *utc, at("2026-11-21T07:00:00Z"))) << "Friday's night";
  EXPECT_TRUE(contains(night, *utc, at("2026-11-21T21:00:00Z")));
  EXPECT_TRUE(contains(night, *utc, at("2026-11-22T07:59:00Z")));
  EXPECT_FALSE(contains(night, *utc, at("2026-11-22T08:00:00Z")));
  EXPECT_FALSE(contains(night, *utc, at("2026-11-22T21:00:00Z")));
}

TEST(TimeWindow, counts_days_by_local_clocks) {
  const TimeWindow all_saturday = window(0, 24 * 60, saturday);
  EXPECT_TRUE(contains(all_saturday, *TimeZone::named("Asia/Tokyo"), at("2026-11-20T15:00:00Z")));
  EXPECT_FALSE(contains(all_saturday, *TimeZone::named("America/New_York"), at("2026-11-21T04:59:00Z")));
  EXPECT_TRUE(contains(all_saturday, *TimeZone::named("America/New_York"), at("2026-11-21T05:00:00Z")));
  // 1970-01-01 was a Thursday; in New York it was still Wednesday.
  EXPECT_EQ(local_time(*TimeZone::named("America/New_York"), 0), "wed 19:00");
  EXPECT_EQ(local_time(*TimeZone::named("Asia/Tokyo"), at("2026-11-20T15:30:00Z")), "sat 00:30");
}

TEST(TimeWindow, of_a_country_holds_where_all_its_clocks_agree) {
  const CountryZones zones;
  const TimeWindow day = window(8 * 60, 21 * 60);
  // 13:30 in New York is 08:30 in Honolulu; an hour before it is night there.
  EXPECT_EQ(contains(day, zones, "US", at("2026-01-15T18:30:00Z")), true);
  EXPECT_EQ(contains(day, zones, "US", at("2026-01-15T17:30:00Z")), false);
  EXPECT_EQ(contains(day, zones, "GB", at("2026-01-15T17:30:00Z")), true);
  for (const std::string_view country : {"", "G", "gb", "XX", "GBR"})
    EXPECT_EQ(contains(day, zones, country, at("2026-01-15T17:30:00Z")), std::nullopt) << country;
}

}  // namespace
}  // namespace tollgate::rules
