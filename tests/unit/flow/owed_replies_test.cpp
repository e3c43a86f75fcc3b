#include "flow/owed_replies.hpp"

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

TEST(OwedReplies, a_reply_is_found_by_who_is_told_and_number_and_given_once) {
  OwedReplies replies(8);
  EXPECT_FALSE(replies.take(5, 9));
  EXPECT_TRUE(replies.insert({.asker = 5, .time_ns = 0, .number = 9, .code = 34}));
  EXPECT_FALSE(replies.take(6, 9));
  EXPECT_FALSE(replies.take(5, 8));
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies.take(5, 9)->code, 34U);
  EXPECT_FALSE(replies.take(5, 9));
  EXPECT_EQ(replies.size(), 0U);
}

TEST(OwedReplies, a_repeated_number_replaces_the_reply) {
  OwedReplies replies(8);
  replies.insert({.asker = 5, .number = 9, .code = 34});
  EXPECT_TRUE(replies.insert({.asker = 5, .number = 9, .code = 35}));
  EXPECT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies.take(5, 9)->code, 35U);
}

TEST(OwedReplies, a_full_place_forgets_the_older_one) {
  OwedReplies replies(2);
  EXPECT_TRUE(replies.insert({.asker = 1, .time_ns = 20, .number = 1}));
  EXPECT_TRUE(replies.insert({.asker = 1, .time_ns = 10, .number = 2}));
  EXPECT_FALSE(replies.insert({.asker = 1, .time_ns = 30, .number = 3}));
  EXPECT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies.take(1, 1));
  EXPECT_FALSE(replies.take(1, 2));
  EXPECT_TRUE(replies.take(1, 3));
}

}  // namespace
}  // namespace tollgate::flow
