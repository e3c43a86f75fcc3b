#include "charge/recent_charges.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::charge {
namespace {

MessageId key(std::uint64_t number) { return {.high = number * 0x9e3779b97f4a7c15U, .low = number}; }

TEST(RecentCharges, a_key_is_claimed_once_within_the_window) {
  RecentCharges recent(1'000, 300);
  EXPECT_TRUE(recent.claim(key(1), 1'000));
  EXPECT_FALSE(recent.claim(key(1), 1'000));
  EXPECT_FALSE(recent.claim(key(1), 1'300));
  EXPECT_FALSE(recent.claim(key(1), 800));  // packets of two workers come out of order
  EXPECT_TRUE(recent.claim(key(2), 1'000));
  EXPECT_TRUE(recent.claim(key(1), 1'301));
  EXPECT_FALSE(recent.claim(key(1), 1'601));
}

TEST(RecentCharges, what_is_forgotten_can_be_claimed_again) {
  RecentCharges recent(1'000, 300);
  EXPECT_TRUE(recent.claim(key(1), 1'000));
  recent.forget(key(1));
  EXPECT_TRUE(recent.claim(key(1), 1'000));
}

TEST(RecentCharges, keys_that_differ_in_one_bit_are_others) {
  const MessageId one{.high = 0x1234'5678'9ABC'DEF0, .low = 0x0FED'CBA9'8765'4320};
  RecentCharges recent(10'000, 300);
  EXPECT_TRUE(recent.claim(one, 1'000));
  for (std::uint64_t bit = 1; bit != 0; bit <<= 1U) {
    EXPECT_TRUE(recent.claim({.high = one.high, .low = one.low ^ bit}, 1'000)) << bit;
    EXPECT_TRUE(recent.claim({.high = one.high ^ bit, .low = one.low}, 1'000)) << bit;
  }
  EXPECT_TRUE(recent.claim({}, 1'000));
  EXPECT_FALSE(recent.claim({}, 1'000));
}

TEST(RecentCharges, those_that_had_to_go_early_are_counted) {
  RecentCharges recent(256, 300);
  for (std::uint64_t i = 0; i < 1'000; ++i) recent.claim(key(i), 1'000);
  EXPECT_EQ(recent.evicted(), 744U);  // as many as there are stay
  RecentCharges patient(256, 300);
  for (std::uint64_t i = 0; i < 1'000; ++i) patient.claim(key(i), 2'000 + 301 * (i + 1));
  EXPECT_EQ(patient.evicted(), 0U);  // each was older than the window
}

TEST(RecentCharges, the_one_that_was_charged_longest_ago_makes_room) {
  RecentCharges recent(256, 300);
  for (std::uint64_t i = 0; i < 10'000; ++i) recent.claim(key(i), 1'000 + i / 100);
  int kept = 0;
  for (std::uint64_t i = 9'900; i < 10'000; ++i) kept += recent.knows(key(i), 1'100) ? 1 : 0;
  EXPECT_GE(kept, 95);  // of the last hundred
  EXPECT_FALSE(recent.knows(key(0), 1'100));
}

TEST(RecentCharges, three_fifths_of_its_room_are_used_before_a_key_goes_early) {
  constexpr std::uint64_t capacity = 1U << 20U;
  RecentCharges recent(capacity, 300);
  const auto for_each_key = [&](auto&& look) {
    std::mt19937_64 random(20'261'123);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same keys each time
    for (std::uint64_t i = 0; i < capacity * 6 / 10; ++i) {
      const std::uint64_t high = random();
      look(MessageId{.high = high, .low = random()});
    }
  };
  for_each_key([&](const MessageId& one) { recent.claim(one, 1'000); });
  EXPECT_EQ(recent.evicted(), 0U);
  for_each_key([&](const MessageId& one) { ASSERT_TRUE(recent.knows(one, 1'000)); });
}

TEST(RecentCharges, of_several_workers_one_gets_a_key) {
  RecentCharges recent(100'000, 300);
  std::atomic<int> claimed{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (std::uint64_t n = 0; n < 20'000; ++n) claimed += recent.claim(key(n), 1'000) ? 1 : 0;
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(claimed, 20'000);
}

/// Beside a map of when each key was claimed, which has those that went early, too.
TEST(RecentCharges, it_counts_those_it_knows_and_no_older_ones) {
  constexpr std::uint64_t keys = 2'000;
  constexpr std::uint64_t window = 300'000;
  RecentCharges recent(1'024, window);
  std::map<std::uint64_t, std::uint64_t> claimed;
  std::mt19937_64 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same keys each time
  std::uint64_t now = 1'000'000;
  EXPECT_EQ(recent.use(now), (TableUse{.entries = 0, .capacity = 1'024}));
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t number = random() % keys;
    now += random() % 500;
    if (random() % 4 == 0) {
      recent.forget(key(number));
      claimed.erase(number);
    } else if (recent.claim(key(number), now)) {
      claimed[number] = now;
    }
    if (i % 100 != 0) continue;
    std::uint64_t known = 0;
    for (std::uint64_t one = 0; one < keys; ++one) known += recent.knows(key(one), now) ? 1 : 0;
    const auto may_count = std::count_if(claimed.begin(), claimed.end(), [&](const auto& one) {
      return now - one.second <= window + window / 7;
    });
    EXPECT_GE(recent.use(now).entries, known) << i;
    EXPECT_LE(recent.use(now).entries, static_cast<std::uint64_t>(may_count)) << i;
  }
  EXPECT_EQ(recent.use(now + 2 * window).entries, 0U);
}

TEST(RecentCharges, at_one_moment_it_knows_exactly_how_many) {
  RecentCharges recent(256, 300);
  std::uint64_t known = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) recent.claim(key(i), 1'000);
  for (std::uint64_t i = 0; i < 1'000; i += 3) recent.forget(key(i));
  for (std::uint64_t i = 0; i < 1'000; ++i) known += recent.knows(key(i), 1'000) ? 1 : 0;
  EXPECT_GT(recent.evicted(), 0U);
  EXPECT_EQ(recent.use(1'000).entries, known);
}

}  // namespace
}  // namespace tollgate::charge
