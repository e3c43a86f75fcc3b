#include "control/clock_watch.hpp"

#include <gtest/gtest.h>

namespace tollgate::control {
namespace {

constexpr std::uint64_t day_ns = 86'400'000'000'000;
constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;
constexpr ClockWatch::Times start{.utc_ns = noon_ns, .steady_ns = 5};

ClockWatch::Times after(std::uint64_t utc_days, std::uint64_t steady_days) {
  return {start.utc_ns + utc_days * day_ns, start.steady_ns + steady_days * day_ns};
}

TEST(ClockWatch, believes_a_clock_that_goes_as_the_other_does) {
  for (const std::uint64_t last_ns :
       {std::uint64_t{0}, noon_ns - 30 * day_ns, noon_ns, noon_ns + 900 * day_ns}) {
    const ClockWatch watch(last_ns, start);
    for (const std::uint64_t days : {0U, 1U, 4000U}) EXPECT_EQ(watch.doubt(after(days, days)), "");
    EXPECT_EQ(watch.doubt(after(8, 7)), "") << "a day is nothing";
    EXPECT_EQ(watch.doubt(after(1, 900)), "") << "behind is no danger";
    EXPECT_EQ(watch.doubt({.utc_ns = 0, .steady_ns = start.steady_ns}), "");
  }
}

TEST(ClockWatch, does_not_believe_one_that_was_set_ahead) {
  const ClockWatch watch(noon_ns, start);
  EXPECT_NE(watch.doubt(after(9, 7)).find("by 2 days"), std::string::npos);
  EXPECT_EQ(watch.doubt(after(7, 7)), "") << "and is right again";
}

TEST(ClockWatch, does_not_believe_one_that_is_far_ahead_of_the_process_before) {
  const ClockWatch watch(noon_ns - 700 * day_ns, start);
  EXPECT_NE(watch.doubt(start).find("700 days"), std::string::npos);
  EXPECT_NE(watch.doubt(after(3, 3)), "") << "time alone does not mend it";
}

}  // namespace
}  // namespace tollgate::control
