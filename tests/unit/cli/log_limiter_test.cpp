#include "cli/log_limiter.hpp"

#include <cstdint>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr LogPlace here{"here.cpp", 1};
constexpr LogPlace there{"there.cpp", 1};

class LogLimiterTest : public testing::Test {
 protected:
  LogLimiter limiter_;

  /// How many of so many lines are written.
  unsigned written(const LogPlace& place, unsigned lines, std::uint64_t now_ns,
                   unsigned most = LogLimiter::most_lines) {
    unsigned written = 0;
    for (unsigned i = 1; i <= lines; ++i)
      written += limiter_.admits(place, LogLevel::warning, "line " + std::to_string(i), now_ns, most) ? 1 : 0;
    return written;
  }
};

TEST_F(LogLimiterTest, lines_above_the_limit_are_counted_and_told_once_when_the_minute_is_over) {
  constexpr std::uint64_t begin = 5 * second_ns;
  EXPECT_EQ(written(here, 1, begin), 1U);
  EXPECT_EQ(written(here, 30, begin + 30 * second_ns), LogLimiter::most_lines - 1);
  EXPECT_TRUE(limiter_.take_left_out(begin + LogLimiter::window_ns - 1).empty());
  const auto told = limiter_.take_left_out(begin + LogLimiter::window_ns);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].lines, 31 - LogLimiter::most_lines);
  EXPECT_EQ(told[0].level, LogLevel::warning);
  EXPECT_EQ(told[0].last, "line 30");
  EXPECT_TRUE(limiter_.take_all_left_out().empty());
}

TEST_F(LogLimiterTest, a_minute_begins_with_the_first_line_after_the_one_before) {
  EXPECT_EQ(written(here, 20, 0), LogLimiter::most_lines);
  EXPECT_EQ(limiter_.take_left_out(90 * second_ns).size(), 1U);
  EXPECT_EQ(written(here, 20, 100 * second_ns), LogLimiter::most_lines);
  EXPECT_EQ(written(here, 20, 159 * second_ns), 0U);
}

TEST_F(LogLimiterTest, a_minute_in_which_all_was_written_is_not_told_of) {
  EXPECT_EQ(written(here, LogLimiter::most_lines, 0), LogLimiter::most_lines);
  EXPECT_TRUE(limiter_.take_left_out(61 * second_ns).empty());
}

TEST_F(LogLimiterTest, kinds_do_not_stand_in_each_others_way) {
  EXPECT_EQ(written(here, 100, 0), LogLimiter::most_lines);
  EXPECT_EQ(written(there, 1, 0), 1U);
  EXPECT_EQ(written({"here.cpp", 2}, 1, 0), 1U);
}

TEST_F(LogLimiterTest, a_kind_can_have_another_limit) {
  EXPECT_EQ(written(here, 100, 0, 50), 50U);
  EXPECT_EQ(written(there, 1'000, 0, UINT32_MAX), 1'000U);
}

TEST_F(LogLimiterTest, what_is_left_out_is_told_at_the_end) {
  EXPECT_EQ(written(here, 13, 0), LogLimiter::most_lines);
  const auto told = limiter_.take_all_left_out();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].lines, 13 - LogLimiter::most_lines);
}

TEST_F(LogLimiterTest, it_is_bounded_for_any_number_of_kinds_and_any_length) {
  unsigned all = 0;
  for (int line = 0; line < 10'000; ++line) all += written({"many.cpp", line}, 1, 0);
  EXPECT_EQ(all, LogLimiter::most_kinds - 1 + LogLimiter::most_lines);
  while (limiter_.admits(here, LogLevel::error, std::string(1'000'000, 'x'), 0)) {
  }
  std::uint64_t left_out = 0;
  for (const auto& kind : limiter_.take_all_left_out()) {
    EXPECT_LE(kind.last.size(), LogLimiter::longest_kept);
    left_out += kind.lines;
  }
  EXPECT_EQ(left_out, 10'000 - all + 1) << "each line was written or counted";
}

}  // namespace
}  // namespace tollgate::cli
