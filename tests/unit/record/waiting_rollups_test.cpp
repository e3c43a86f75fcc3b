#include "record/waiting_rollups.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

RollupBatch cells(std::size_t count, std::uint64_t hit_ns = 0) {
  RollupBatch batch;
  batch.cells.resize(count);
  if (hit_ns != 0) batch.last_hits[7] = hit_ns;
  return batch;
}

RollupBatch unread(std::uint64_t minute, std::uint64_t packets, const std::string& route = "hub") {
  RollupBatch batch;
  batch.unread.push_back({minute, "unread_encrypted", route, packets});
  return batch;
}

TEST(WaitingRollups, wait_in_their_order_up_to_a_bound) {
  WaitingRollups waiting(10);
  EXPECT_EQ(waiting.add({}), 0U);
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.add(cells(6)), 0U);
  EXPECT_EQ(waiting.add(cells(4)), 0U);
  EXPECT_EQ(waiting.size(), 10U);
  EXPECT_EQ(waiting.add(cells(1)), 1U);
  EXPECT_EQ(waiting.first().cells.size(), 6U);
  waiting.remove_first();
  EXPECT_EQ(waiting.size(), 4U);
  EXPECT_EQ(waiting.add(cells(6)), 0U);
  EXPECT_EQ(waiting.first().cells.size(), 4U);
}

TEST(WaitingRollups, have_room_for_the_first_however_large) {
  WaitingRollups waiting(10);
  EXPECT_EQ(waiting.add(cells(20)), 0U);
  EXPECT_EQ(waiting.add(cells(1)), 1U);
  waiting.remove_first();
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(waiting.size(), 0U);
}

TEST(WaitingRollups, count_what_was_not_read_once_a_minute_and_no_further_than_the_bound) {
  WaitingRollups waiting(10);
  waiting.add(cells(2));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(waiting.add(unread(5, 3)), 0U);
  EXPECT_EQ(waiting.size(), 3U);
  ASSERT_EQ(waiting.first().unread.size(), 1U);
  EXPECT_EQ(waiting.first().unread[0].packets, 3000U);
  waiting.add(unread(5, 1, "domestic"));
  waiting.add(unread(5, 1));
  EXPECT_EQ(waiting.first().unread.size(), 2U);
  EXPECT_EQ(waiting.first().unread[0].packets, 3001U);
  std::size_t lost = 0;
  for (std::uint64_t minute = 6; minute < 106; ++minute) lost += waiting.add(unread(minute, 1));
  EXPECT_EQ(waiting.size(), 10U);
  EXPECT_EQ(lost, 94U);
}

TEST(WaitingRollups, that_have_no_room_take_what_needs_none) {
  WaitingRollups waiting(3);
  waiting.add(cells(2));
  EXPECT_EQ(waiting.add(unread(5, 3)), 0U);
  EXPECT_EQ(waiting.add(unread(5, 4)), 0U) << "it is one with what waits";
  RollupBatch both = cells(1);
  both.unread = unread(5, 5).unread;
  EXPECT_EQ(waiting.add(both), 1U) << "the cell alone is lost";
  EXPECT_EQ(waiting.size(), 3U);
  ASSERT_EQ(waiting.first().unread.size(), 1U);
  EXPECT_EQ(waiting.first().unread[0].packets, 12U);
}

TEST(WaitingRollups, know_when_rules_hit_last_though_their_counts_are_lost) {
  WaitingRollups waiting(10);
  waiting.add(cells(10, 100));
  EXPECT_EQ(waiting.add(cells(1, 300)), 1U);
  EXPECT_EQ(waiting.add(cells(1, 200)), 1U);
  EXPECT_EQ(waiting.first().last_hits.at(7), 300U);
}

}  // namespace
}  // namespace tollgate::record
