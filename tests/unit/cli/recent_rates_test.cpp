#include "cli/recent_rates.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

/// So much was counted by second `s`: 100 packets a second until second 60, then 1,000.
RecentRates::Sample at(std::uint64_t s) {
  const std::uint64_t packets = s <= 60 ? 100 * s : 6'000 + 1'000 * (s - 60);
  return {.time_ns = s * second_ns,
          .packets = packets,
          .octets = 50 * packets,
          .messages = 2 * packets,
          .events = 3 * packets,
          .busy_ns = {s * second_ns / 4, 0}};
}

TEST(RecentRates, they_are_those_of_the_last_ten_seconds) {
  RecentRates rates;
  for (std::uint64_t s = 0; s <= 60; ++s) rates.add(at(s));
  const RecentRates::Rates now = rates.until(at(60));
  EXPECT_DOUBLE_EQ(now.seconds, 10);
  EXPECT_DOUBLE_EQ(now.packets, 100);
  EXPECT_DOUBLE_EQ(now.octets, 5'000);
  EXPECT_DOUBLE_EQ(now.messages, 200);
  EXPECT_DOUBLE_EQ(now.events, 300);
  ASSERT_EQ(now.busy.size(), 2U);
  EXPECT_DOUBLE_EQ(now.busy[0], 0.25);
  EXPECT_DOUBLE_EQ(now.busy[1], 0);
}

TEST(RecentRates, what_was_before_is_forgotten) {
  RecentRates rates;
  for (std::uint64_t s = 0; s <= 65; ++s) rates.add(at(s));
  EXPECT_DOUBLE_EQ(rates.until(at(65)).packets, (5 * 100 + 5 * 1'000) / 10.0);
  for (std::uint64_t s = 66; s <= 70; ++s) rates.add(at(s));
  EXPECT_DOUBLE_EQ(rates.until(at(70)).packets, 1'000);
}

TEST(RecentRates, who_asks_between_two_samples_gets_all_until_now) {
  RecentRates rates;
  for (std::uint64_t s = 40; s <= 60; ++s) rates.add(at(s));
  const RecentRates::Rates now = rates.until(at(61));  // a second without a sample
  EXPECT_DOUBLE_EQ(now.seconds, 10);
  EXPECT_DOUBLE_EQ(now.packets, (9 * 100 + 1'000) / 10.0);
}

TEST(RecentRates, a_young_appliance_has_those_since_its_start) {
  RecentRates rates;
  EXPECT_DOUBLE_EQ(rates.until(at(3)).seconds, 0);
  EXPECT_EQ(rates.until(at(3)).busy.size(), 2U);
  rates.add(at(3));
  EXPECT_DOUBLE_EQ(rates.until(at(3)).packets, 0);
  EXPECT_DOUBLE_EQ(rates.until(at(5)).seconds, 2);
  EXPECT_DOUBLE_EQ(rates.until(at(5)).packets, 100);
}

TEST(RecentRates, a_sample_is_due_once_a_second) {
  RecentRates rates;
  EXPECT_TRUE(rates.is_due(0));
  rates.add(at(7));
  EXPECT_FALSE(rates.is_due(8 * second_ns - 1));
  EXPECT_TRUE(rates.is_due(8 * second_ns));
}

TEST(RecentRates, after_a_pause_the_last_sample_before_it_serves) {
  RecentRates rates;
  rates.add(at(10));
  const RecentRates::Rates now = rates.until(at(40));
  EXPECT_DOUBLE_EQ(now.seconds, 30);
  EXPECT_DOUBLE_EQ(now.packets, 100);
}

TEST(RecentRates, no_worker_is_busier_than_always) {
  RecentRates rates;
  rates.add({.time_ns = 0, .busy_ns = {0}});
  EXPECT_DOUBLE_EQ(rates.until({.time_ns = second_ns, .busy_ns = {2 * second_ns}}).busy[0], 1);
}

}  // namespace
}  // namespace tollgate::cli
