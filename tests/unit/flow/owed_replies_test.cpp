#include "flow/owed_replies.hpp"

#include <random>

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

TEST(OwedReplies, another_process_owes_what_this_one_owed) {
  ZeroPages memory(OwedReplies::memory_size(8));
  {
    OwedReplies replies(8, memory.span());
    replies.insert({.asker = 5, .number = 9, .code = 34, .accepted = true});
    replies.insert({.asker = 5, .number = 10, .code = 35});
    (void)replies.take(5, 10);
  }
  OwedReplies replies(8, memory.span());
  EXPECT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies.take(5, 10));
  const auto reply = replies.take(5, 9);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, 34U);
  EXPECT_TRUE(reply->accepted);
}

TEST(OwedReplies, whatever_stands_in_the_memory_is_safe) {
  std::minstd_rand random(1);
  for (int round = 0; round < 100; ++round) {
    ZeroPages memory(OwedReplies::memory_size(8));
    for (std::byte& octet : memory.span()) octet = static_cast<std::byte>(random() >> 8U);
    // Some of its octets that stand for yes or no do so.
    for (std::size_t at = 64; at < memory.span().size(); at += sizeof(OwedReply)) {
      for (std::size_t i = 28; i < 31; ++i) memory.span()[at + i] &= std::byte{3};
    }
    OwedReplies replies(8, memory.span());
    EXPECT_LE(replies.size(), 8U);
    for (std::uint32_t number = 0; number < 8; ++number) {
      replies.insert({.asker = 1, .number = number});
      EXPECT_TRUE(replies.take(1, number));
    }
    EXPECT_LE(replies.size(), 8U);
  }
}

}  // namespace
}  // namespace tollgate::flow
