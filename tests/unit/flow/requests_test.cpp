#include "flow/requests.hpp"

#include <random>

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

TEST(Requests, it_knows_how_many_wait) {
  constexpr std::uint32_t sequences = 20;
  std::mt19937 random(5);
  Requests requests(16);
  EXPECT_EQ(requests.use(), (TableUse{.entries = 0, .capacity = 16}));
  for (std::uint64_t frame = 1; frame < 200; ++frame) {
    if (random() % 3 == 0) (void)requests.take(1, static_cast<std::uint32_t>(random() % sequences));
    else
      requests.insert(
          {.connection = 1, .frame = frame, .sequence = static_cast<std::uint32_t>(random() % sequences)});
  }
  const std::uint64_t waiting = requests.use().entries;
  EXPECT_GT(waiting, 0U);
  std::uint64_t found = 0;
  for (std::uint32_t sequence = 0; sequence < sequences; ++sequence)
    found += requests.take(1, sequence) ? 1 : 0;
  EXPECT_EQ(waiting, found);
  EXPECT_EQ(requests.use().entries, 0U);
}

}  // namespace
}  // namespace tollgate::flow
