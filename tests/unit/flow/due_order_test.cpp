#include "flow/due_order.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

struct Thing {
  DuePlace<Thing> due;
};
struct DueOrderTest : ::testing::Test {
  /// Which things are looked at by now; each is put back with `due_ns`.
  std::vector<std::size_t> looked_at(std::uint64_t now_ns) {
    std::vector<std::size_t> all;
    while (const Thing* const thing = order.take_due(now_ns))
      all.push_back(static_cast<std::size_t>(thing - things.data()));
    return all;
  }
  std::vector<Thing> things{8};
  DueOrder<Thing, &Thing::due> order;
};

TEST_F(DueOrderTest, what_is_due_first_comes_first) {
  order.put(things[0], 0, 320 * ms);
  order.put(things[1], 0, 20 * ms);
  order.put(things[2], 0, 5 * ms);
  order.put(things[3], 0, 5 * ms);
  EXPECT_FALSE(order.is_due(5 * ms - 1));
  EXPECT_THAT(looked_at(5 * ms - 1), testing::IsEmpty());
  EXPECT_TRUE(order.is_due(5 * ms));
  EXPECT_THAT(looked_at(400 * ms), testing::ElementsAre(2, 3, 1, 0));
  EXPECT_FALSE(order.is_due(never - 1));
}

/// A second and 2 ms: 320 ms three times, then what is left.
TEST_F(DueOrderTest, what_is_due_late_is_looked_at_a_few_times_and_then_in_time) {
  const std::uint64_t due = 1'002 * ms;
  unsigned looks = 0;
  order.put(things[0], 0, due);
  for (std::uint64_t now = ms;; now += ms) {
    ASSERT_LT(now, due + order.shortest_ns + ms);
    if (looked_at(now).empty()) continue;
    ++looks;
    if (now >= due) break;
    order.put(things[0], now, due);
  }
  EXPECT_LE(looks, 7U);
}

TEST_F(DueOrderTest, nothing_waits_longer_than_the_longest_delay) {
  order.put(things[0], 7 * ms, never);
  EXPECT_FALSE(order.is_due(7 * ms + order.longest_ns - 1));
  EXPECT_THAT(looked_at(7 * ms + order.longest_ns), testing::ElementsAre(0));
}

TEST_F(DueOrderTest, what_is_due_sooner_than_it_was_is_looked_at_sooner_and_never_later) {
  order.put(things[0], 0, never);
  order.put(things[0], 0, 5 * ms);
  order.put(things[0], 0, never);
  EXPECT_THAT(looked_at(5 * ms), testing::ElementsAre(0));
  EXPECT_THAT(looked_at(2 * order.longest_ns), testing::IsEmpty());
}

TEST_F(DueOrderTest, what_is_removed_is_not_looked_at) {
  for (Thing& thing : things) order.put(thing, 0, 5 * ms);
  for (const std::size_t gone : {0U, 7U, 3U}) order.remove(things[gone]);
  order.remove(things[3]);
  std::size_t left = 0;
  order.for_each([&](Thing& thing) {
    ++left;
    if (&thing == &things[4]) order.remove(thing);
  });
  EXPECT_EQ(left, 5U);
  EXPECT_THAT(looked_at(5 * ms), testing::ElementsAre(1, 2, 5, 6));
}

TEST_F(DueOrderTest, in_a_hurry_everything_is_looked_at_now) {
  order.put(things[0], 100 * ms, never);
  order.put(things[1], 100 * ms, 120 * ms);
  order.hurry();
  EXPECT_TRUE(order.is_due(100 * ms));
  EXPECT_THAT(looked_at(100 * ms), testing::UnorderedElementsAre(0, 1));
  order.put(things[2], 100 * ms, 200 * ms);
  EXPECT_FALSE(order.is_due(101 * ms));
}

}  // namespace
}  // namespace tollgate::flow
