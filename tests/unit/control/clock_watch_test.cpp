#include "control/clock_watch.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "unit/control/folder.hpp"

namespace tollgate::control {
namespace {

constexpr std::uint64_t day_ns = 86'400'000'000'000;
constexpr std::uint64_t noon_ns = 1'795'435'200'000'000'000;
constexpr ClockWatch::Times start{.utc_ns = noon_ns, .steady_ns = 5};

ClockWatch::Times after(std::uint64_t utc_days, std::uint64_t steady_days) {
  return {start.utc_ns + utc_days * day_ns, start.steady_ns + steady_days * day_ns};
}

std::string looked(ClockWatch& watch, ClockWatch::Times now) {
  watch.look(now);
  return watch.doubt();
}

class ClockWatchTest : public WithFolder {
 protected:
  const std::string file_ = path("clock.json");
};

TEST_F(ClockWatchTest, believes_a_clock_that_goes_as_the_other_does) {
  for (const std::uint64_t last_ns :
       {std::uint64_t{0}, noon_ns - 30 * day_ns, noon_ns, noon_ns + 900 * day_ns}) {
    std::filesystem::remove(file_);
    ClockWatch watch(file_, last_ns, start);
    for (const std::uint64_t days : {0U, 1U, 4000U}) EXPECT_EQ(looked(watch, after(days, days)), "");
    EXPECT_EQ(looked(watch, after(8, 7)), "") << "a day is nothing";
    EXPECT_EQ(looked(watch, after(1, 900)), "") << "behind is no danger";
    EXPECT_EQ(looked(watch, {.utc_ns = 0, .steady_ns = start.steady_ns}), "");
  }
}

TEST_F(ClockWatchTest, does_not_believe_one_that_was_set_ahead) {
  ClockWatch watch(file_, noon_ns, start);
  EXPECT_NE(looked(watch, after(9, 7)).find("by 2 days"), std::string::npos);
  EXPECT_EQ(looked(watch, after(7, 7)), "") << "and is right again";
}

TEST_F(ClockWatchTest, does_not_believe_one_that_is_far_ahead_of_the_process_before) {
  ClockWatch watch(file_, noon_ns - 700 * day_ns, start);
  EXPECT_NE(looked(watch, start).find("700 days"), std::string::npos);
  EXPECT_NE(looked(watch, after(3, 3)), "") << "time alone does not mend it";
  const ClockWatch::Times set_back{.utc_ns = noon_ns - 699 * day_ns,
                                   .steady_ns = start.steady_ns + 4 * day_ns};
  EXPECT_EQ(looked(watch, set_back), "") << "it is right again";
}

TEST_F(ClockWatchTest, a_restart_confirms_no_clock) {
  {
    ClockWatch watch(file_, noon_ns - 700 * day_ns, start);
    EXPECT_NE(looked(watch, start), "");
  }
  // The audit log now has a line of the process before, by the same clock.
  ClockWatch far(file_, noon_ns, after(1, 0));
  EXPECT_NE(looked(far, after(1, 0)), "");
  std::filesystem::remove(file_);
  {
    ClockWatch watch(file_, noon_ns, start);
    EXPECT_EQ(looked(watch, start), "");
    EXPECT_NE(looked(watch, after(3, 0)), "") << "two days and more, which are no long silence";
  }
  ClockWatch next(file_, noon_ns + 3 * day_ns, after(3, 0));
  EXPECT_NE(looked(next, after(3, 0)), "");
  EXPECT_NE(looked(next, after(4, 1)), "");
  EXPECT_EQ(looked(next, after(1, 1)), "") << "it was set back";
  ClockWatch last(file_, noon_ns, after(2, 0));
  EXPECT_EQ(looked(last, after(2, 0)), "");
}

TEST_F(ClockWatchTest, who_knows_that_it_is_right_removes_the_file) {
  ClockWatch watch(file_, noon_ns - 700 * day_ns, start);
  EXPECT_NE(looked(watch, start).find("remove " + file_), std::string::npos);
  std::filesystem::remove(file_);
  EXPECT_EQ(looked(watch, after(1, 1)), "");
  EXPECT_EQ(looked(watch, after(2, 2)), "");
  ClockWatch next(file_, noon_ns - 700 * day_ns, after(3, 0));
  EXPECT_EQ(looked(next, after(3, 0)), "") << "and by the next process";
}

TEST_F(ClockWatchTest, a_process_that_wrote_nothing_else_was_here_all_the_same) {
  {
    ClockWatch watch(file_, noon_ns, start);
    for (std::uint64_t days = 0; days <= 900; days += 30) EXPECT_EQ(looked(watch, after(days, days)), "");
  }
  ClockWatch next(file_, noon_ns, after(910, 0));  // the audit log's last line is of the first day
  EXPECT_EQ(looked(next, after(910, 0)), "");
}

TEST_F(ClockWatchTest, a_file_that_cannot_be_understood_is_a_doubt) {
  for (const std::string text : {"", "no JSON", "[]", R"({"believed": 7})", R"({"believed": "yesterday"})"}) {
    std::ofstream(file_) << text;
    ClockWatch watch(file_, noon_ns, start);
    EXPECT_NE(looked(watch, start).find("damaged"), std::string::npos) << text;
    std::filesystem::remove(file_);
    EXPECT_EQ(looked(watch, start), "") << text;
    std::filesystem::remove(file_);
  }
}

TEST_F(ClockWatchTest, what_cannot_be_written_down_is_a_doubt) {
  ClockWatch watch(path("file") + "/clock.json", noon_ns, start);
  std::ofstream(path("file")) << "in the way";
  EXPECT_NE(looked(watch, start), "");
}

}  // namespace
}  // namespace tollgate::control
