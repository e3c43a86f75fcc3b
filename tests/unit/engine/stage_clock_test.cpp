#include "engine/stage_clock.hpp"

#include <array>
#include <cstdint>
#include <random>

#include <gtest/gtest.h>

namespace tollgate::engine {
namespace {

std::uint64_t time_now = 0;  // a clock is a plain function: its time stands here

constexpr StageClock::Source clock_of_test{.ticks = [] { return time_now; }, .ns_per_tick = 2};

struct StageClockTest : testing::Test {
  StageClockTest() { time_now = 1'000; }

  std::uint64_t count(Stage stage) const { return clock.times().of(stage).count(); }
  std::uint64_t sum_ns(Stage stage) const { return clock.times().of(stage).sum_ns(); }

  StageClock clock;
};

TEST_F(StageClockTest, the_first_packet_is_measured_and_each_tick_belongs_to_the_innermost_stage) {
  clock.measure_by(clock_of_test);
  clock.begin(Stage::flow);
  time_now += 1;
  {
    const StageClock::In inspect(clock, Stage::inspect);
    time_now += 10;
    {
      const StageClock::In match(clock, Stage::match);
      time_now += 100;
    }
    time_now += 1'000;
  }
  time_now += 10'000;
  clock.end();
  EXPECT_EQ(sum_ns(Stage::flow), 2 * 10'001U);
  EXPECT_EQ(sum_ns(Stage::inspect), 2 * 1'010U);
  EXPECT_EQ(sum_ns(Stage::match), 2 * 100U);
  for (const Stage stage : {Stage::flow, Stage::inspect, Stage::match}) EXPECT_EQ(count(stage), 1U);
  EXPECT_EQ(count(Stage::charge), 0U) << "no packet came to it";
}

TEST_F(StageClockTest, a_stage_to_which_a_packet_comes_twice_has_one_duration) {
  clock.measure_by(clock_of_test);
  clock.begin(Stage::decode);
  for (int i = 0; i < 2; ++i) {
    const StageClock::In record(clock, Stage::record);
    time_now += 7;
  }
  clock.end();
  EXPECT_EQ(count(Stage::record), 1U);
  EXPECT_EQ(sum_ns(Stage::record), 2 * 14U);
}

TEST_F(StageClockTest, a_clock_that_goes_back_gives_no_time) {
  clock.measure_by(clock_of_test);
  clock.begin(Stage::decode);
  time_now -= 5;
  {
    const StageClock::In match(clock, Stage::match);
    time_now += 3;
  }
  clock.end();
  EXPECT_EQ(sum_ns(Stage::decode), 0U);
  EXPECT_EQ(sum_ns(Stage::match), 2 * 3U);
}

TEST_F(StageClockTest, without_a_clock_nothing_is_measured) {
  for (int packet = 0; packet < 1'000; ++packet) {
    clock.begin(Stage::decode);
    const StageClock::In match(clock, Stage::match);
    clock.end();
  }
  clock.measure_by({});
  for (int packet = 0; packet < 1'000; ++packet) {
    clock.begin(Stage::decode);
    clock.end();
  }
  EXPECT_EQ(count(Stage::decode), 0U);
}

TEST_F(StageClockTest, one_packet_in_so_many_is_measured_whatever_rhythm_they_have) {
  clock.measure_by(clock_of_test);
  constexpr unsigned packets = 10'000 * StageClock::one_in;
  for (unsigned packet = 0; packet < packets; ++packet) {
    clock.begin(packet % 2 == 0 ? Stage::decode : Stage::flow);
    clock.end();
  }
  // Both kinds, as often as each other.
  EXPECT_NEAR(static_cast<double>(count(Stage::decode)), 5'000, 300);
  EXPECT_NEAR(static_cast<double>(count(Stage::flow)), 5'000, 300);
}

/// A packet's way at random, and beside it the sum of each stage's ticks.
struct Wanderer {
  StageClock& clock;
  std::mt19937_64& random;
  std::array<std::uint64_t, all_stages.size()> ticks{};
  std::array<bool, all_stages.size()> seen{};

  void stay(Stage stage) {
    const std::uint64_t time = random() % 50;
    time_now += time;
    ticks[static_cast<std::size_t>(stage)] += time;
    seen[static_cast<std::size_t>(stage)] = true;
  }
  void go(Stage stage, unsigned depth) {
    stay(stage);
    for (unsigned calls = static_cast<unsigned>(random() % 4); depth < 4 && calls > 0; --calls) {
      const Stage next = all_stages[random() % all_stages.size()];
      const StageClock::In in(clock, next);
      go(next, depth + 1);
    }
    stay(stage);
  }
};

TEST_F(StageClockTest, is_like_sums_of_each_packet) {
  std::mt19937_64 random(3);
  for (int packet = 0; packet < 300; ++packet) {
    StageClock one;
    one.measure_by(clock_of_test);
    Wanderer wanderer{one, random};
    one.begin(Stage::decode);
    wanderer.go(Stage::decode, 0);
    one.end();
    for (std::size_t stage = 0; stage < all_stages.size(); ++stage) {
      const TimeHistogram& times = one.times().of(all_stages[stage]);
      ASSERT_EQ(times.count(), wanderer.seen[stage] ? 1U : 0U);
      ASSERT_EQ(times.sum_ns(), 2 * wanderer.ticks[stage]);
    }
  }
}

}  // namespace
}  // namespace tollgate::engine
