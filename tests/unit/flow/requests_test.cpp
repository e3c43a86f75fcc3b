#include "flow/requests.hpp"

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

TEST(Requests, an_answer_finds_its_request_once) {
  Requests requests(8);
  EXPECT_TRUE(requests.insert({.connection = 5, .frame = 3, .sequence = 9, .operation = 4}));
  EXPECT_FALSE(requests.take(6, 9));
  EXPECT_FALSE(requests.take(5, 8));
  const auto found = requests.take(5, 9);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->frame, 3U);
  EXPECT_EQ(found->operation, 4U);
  EXPECT_FALSE(requests.take(5, 9));
}

TEST(Requests, a_repeated_sequence_replaces_the_request) {
  Requests requests(8);
  requests.insert({.connection = 5, .frame = 3, .sequence = 9, .operation = 4});
  EXPECT_TRUE(requests.insert({.connection = 5, .frame = 4, .sequence = 9, .operation = 5}));
  EXPECT_EQ(requests.take(5, 9)->frame, 4U);
  EXPECT_FALSE(requests.take(5, 9));
}

TEST(Requests, a_full_place_forgets_the_older_one) {
  Requests requests(2);
  EXPECT_TRUE(requests.insert({.connection = 1, .frame = 1, .sequence = 1, .operation = 0}));
  EXPECT_TRUE(requests.insert({.connection = 1, .frame = 2, .sequence = 2, .operation = 0}));
  EXPECT_FALSE(requests.insert({.connection = 1, .frame = 3, .sequence = 3, .operation = 0}));
  EXPECT_FALSE(requests.take(1, 1));
  EXPECT_TRUE(requests.take(1, 2));
  EXPECT_TRUE(requests.take(1, 3));
}

}  // namespace
}  // namespace tollgate::flow
