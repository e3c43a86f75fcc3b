#include "cli/last_troubles.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

TEST(LastTroubles, the_newest_is_first) {
  LastTroubles troubles;
  troubles.add({"a.cpp", 1}, LogLevel::warning, "a", 10);
  troubles.add({"b.cpp", 1}, LogLevel::error, "b", 20);
  ASSERT_EQ(troubles.all().size(), 2U);
  EXPECT_EQ(troubles.all().front().what, "b");
  EXPECT_EQ(troubles.all().front().level, LogLevel::error);
  EXPECT_EQ(troubles.all().back().what, "a");
}

TEST(LastTroubles, those_of_a_kind_are_one) {
  LastTroubles troubles;
  troubles.add({"a.cpp", 1}, LogLevel::warning, "port 1 is down", 10);
  troubles.add({"b.cpp", 1}, LogLevel::error, "b", 20);
  troubles.add({"a.cpp", 1}, LogLevel::warning, "port 2 is down", 30);
  ASSERT_EQ(troubles.all().size(), 2U);
  const LastTroubles::Trouble& newest = troubles.all().front();
  EXPECT_EQ(newest.what, "port 2 is down");
  EXPECT_EQ(newest.count, 2U);
  EXPECT_EQ(newest.first_ns, 10U);
  EXPECT_EQ(newest.last_ns, 30U);
}

TEST(LastTroubles, a_kind_that_comes_often_does_not_push_out_another) {
  LastTroubles troubles;
  troubles.add({"rare.cpp", 1}, LogLevel::error, "rare", 1);
  for (unsigned i = 0; i < 1'000; ++i)
    troubles.add({"often.cpp", 1}, LogLevel::error, "often " + std::to_string(i), 2 + i);
  EXPECT_EQ(troubles.all().back().what, "rare");
}

TEST(LastTroubles, the_kind_that_was_longest_silent_goes_first) {
  LastTroubles troubles;
  for (int line = 0; line < static_cast<int>(LastTroubles::most); ++line)
    troubles.add({"a.cpp", line}, LogLevel::error, std::to_string(line), 1);
  troubles.add({"a.cpp", 0}, LogLevel::error, "0 again", 2);
  troubles.add({"b.cpp", 0}, LogLevel::error, std::string(10'000, 'x'), 3);
  EXPECT_EQ(troubles.all().size(), LastTroubles::most);
  EXPECT_EQ(troubles.all().back().what, "2");
  EXPECT_LE(troubles.all().front().what.size(), LastTroubles::longest_kept);
}

}  // namespace
}  // namespace tollgate::cli
