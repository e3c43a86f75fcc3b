#include "charge/quotas.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

TEST(Quota, is_taken_all_or_nothing) {
  Quota quota;
  quota.give(100);
  EXPECT_FALSE(quota.take(101));
  EXPECT_TRUE(quota.take(60));
  EXPECT_FALSE(quota.take(41));
  EXPECT_TRUE(quota.take(40));
  EXPECT_FALSE(quota.take(1));
  EXPECT_TRUE(quota.take(0));
}

TEST(Quota, several_workers_never_take_more_than_there_is) {
  Quota quota;
  constexpr Amount given = 300'001;
  std::atomic<Amount> taken{0};
  std::vector<std::thread> workers;
  quota.give(given / 2);
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (int n = 0; n < 50'000; ++n) {
        if (quota.take(3)) taken += 3;
      }
    });
  }
  quota.give(given - given / 2);
  for (std::thread& worker : workers) worker.join();
  while (quota.take(3)) taken += 3;
  EXPECT_EQ(taken + quota.left, given);
  EXPECT_LT(quota.left, 3);
}

TEST(Quota, so_many_messages_a_second_are_in_time_and_no_more) {
  Quota quota;
  constexpr std::uint64_t interval = second / 10;
  std::uint64_t now = 50 * second;
  int in_time = 0;
  for (int i = 0; i < 100; ++i) in_time += quota.take_time(now, interval, 1) ? 1 : 0;
  EXPECT_EQ(in_time, 10);  // a second's worth at once
  EXPECT_FALSE(quota.take_time(now + interval / 2, interval, 1));
  EXPECT_TRUE(quota.take_time(now + interval, interval, 1));
  in_time = 0;
  for (int i = 0; i < 10'000; ++i) in_time += quota.take_time(now += second / 1'000, interval, 1) ? 1 : 0;
  EXPECT_NEAR(in_time, 100, 2);  // ten seconds of a thousand a second
}

TEST(Quota, a_clock_that_is_set_back_keeps_nobody_waiting) {
  for (const std::uint64_t interval : {second / 10, second}) {  // none is longer
    Quota quota;
    const std::uint64_t now = 100'000 * second;
    while (quota.take_time(now, interval, 1)) continue;
    const std::uint64_t hour_before = now - 3'600 * second;
    EXPECT_TRUE(quota.take_time(hour_before, interval, 1));
    while (quota.take_time(hour_before, interval, 1)) continue;
    EXPECT_FALSE(quota.take_time(hour_before + interval / 2, interval, 1));
  }
}

TEST(Quota, one_message_for_many_recipients_may_always_come_first) {
  Quota quota;
  EXPECT_TRUE(quota.take_time(second, second, 1));  // one a second
  EXPECT_FALSE(quota.take_time(second, second, 1));
  EXPECT_TRUE(quota.take_time(2 * second, second, 1));
}

TEST(Quota, many_messages_together_wait_for_nobody_before_them_and_those_after_wait_for_them) {
  Quota quota;
  constexpr std::uint64_t interval = second / 10;
  EXPECT_TRUE(quota.take_time(100 * second, interval, 255));
  EXPECT_FALSE(quota.take_time(101 * second, interval, 1));
  EXPECT_FALSE(quota.take_time(124 * second, interval, 255));
  EXPECT_TRUE(quota.take_time(124 * second + second / 2 + interval, interval, 1));
  EXPECT_TRUE(quota.take_time(200 * second, interval, 255));
}

}  // namespace
}  // namespace tollgate::charge
