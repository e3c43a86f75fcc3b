#include "record/unread_counts.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
const std::vector<Link> links{{.name = "a", .route = "international"}, {.name = "b", .route = "hub"}};

TEST(UnreadCounts, tell_what_is_new_by_minute_reason_and_link) {
  UnreadCounts counts;
  Counters counters;
  counters.be_on(1);
  counters.add(Count::unread_encrypted, 3);
  counters.add(Count::unread_not_ip, 5);  // no message can be in these
  const auto first = counts.since_last(counters, links, 59 * second_ns);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].minute, 0U);
  EXPECT_EQ(first[0].reason, "unread_encrypted");
  EXPECT_EQ(first[0].route, "hub");
  EXPECT_EQ(first[0].packets, 3U);

  counters.add(Count::unread_encrypted, 4);
  counters.be_on(0);
  counters.add(Count::unread_encrypted);
  const auto second = counts.since_last(counters, links, 60 * second_ns);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].minute, 1U);
  EXPECT_EQ(second[0].route, "international");
  EXPECT_EQ(second[0].packets, 1U);
  EXPECT_EQ(second[1].route, "hub");
  EXPECT_EQ(second[1].packets, 4U);
}

TEST(UnreadCounts, tell_nothing_twice) {
  UnreadCounts counts;
  Counters counters;
  counters.add(Count::unread_encrypted, 3);
  EXPECT_EQ(counts.since_last(counters, links, 0).size(), 1U);
  EXPECT_TRUE(counts.since_last(counters, links, second_ns).empty());
}

}  // namespace
}  // namespace tollgate::record
