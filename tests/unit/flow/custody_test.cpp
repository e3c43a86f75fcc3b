#include "flow/custody.hpp"

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

constexpr std::uint64_t millisecond = 1'000'000;
constexpr std::uint64_t start = 1'000 * millisecond;

/// Sequence numbers wrap between what was acknowledged and the end.
constexpr std::uint32_t acked = 0xffff'fff0;
constexpr std::uint32_t sent = 0x10;
constexpr std::uint32_t end = 0x20;

Custody taken() {
  Custody custody;
  custody.take(end, start, 0);
  return custody;
}

TEST(Custody, holds_what_the_sender_was_told_until_the_receiver_has_it) {
  Custody custody;
  EXPECT_FALSE(custody.holds(acked));
  custody.take(end, start, 0);
  EXPECT_TRUE(custody.holds(acked));
  EXPECT_TRUE(custody.holds(end - 1));
  EXPECT_FALSE(custody.holds(end));
  custody.acknowledged(end, end, start);
  EXPECT_FALSE(custody.taken);
}

TEST(Custody, grows_and_does_not_shrink) {
  Custody custody = taken();
  custody.take(end - 8, start, 0);
  EXPECT_EQ(custody.end, end);
  custody.take(end + 8, start, 0);
  EXPECT_EQ(custody.end, end + 8);
}

TEST(Custody, repeats_only_what_was_sent_and_is_in_custody) {
  Custody custody = taken();
  EXPECT_EQ(custody.repeat_end(sent), sent);
  EXPECT_EQ(custody.repeat_end(end + 100), end);
  EXPECT_FALSE(custody.waits(acked, acked));  // nothing was sent
}

TEST(Custody, waits_twice_as_long_each_time_up_to_three_seconds) {
  Custody custody = taken();
  std::uint64_t now = start;
  for (const std::uint64_t wait : {200U, 400U, 800U, 1'600U, 3'000U, 3'000U}) {
    EXPECT_EQ(custody.due(acked, sent, now + (wait - 1) * millisecond), Custody::Due::nothing) << wait;
    now += wait * millisecond;
    EXPECT_EQ(custody.due(acked, sent, now), Custody::Due::repeat) << wait;
  }
}

TEST(Custody, waits_as_long_as_the_path_needs) {
  Custody custody;
  custody.take(end, start, 900 * millisecond);
  EXPECT_EQ(custody.due(acked, sent, start + 899 * millisecond), Custody::Due::nothing);
  EXPECT_EQ(custody.due(acked, sent, start + 900 * millisecond), Custody::Due::repeat);
}

TEST(Custody, the_third_duplicate_means_loss_and_the_fourth_nothing_new) {
  Custody custody = taken();
  EXPECT_FALSE(custody.duplicate(acked, sent, start));
  EXPECT_FALSE(custody.duplicate(acked, sent, start));
  EXPECT_TRUE(custody.duplicate(acked, sent, start));
  EXPECT_FALSE(custody.duplicate(acked, sent, start));
}

TEST(Custody, a_partial_acknowledgement_while_recovering_asks_for_the_next) {
  Custody custody = taken();
  EXPECT_FALSE(custody.acknowledged(acked + 4, sent, start));
  for (int i = 0; i < 3; ++i) custody.duplicate(acked + 4, sent, start);
  EXPECT_TRUE(custody.acknowledged(acked + 8, sent, start));
  EXPECT_FALSE(custody.acknowledged(sent, sent, start));  // all that was sent when the loss was seen
}

TEST(Custody, is_given_up_after_a_minute_without_a_sign) {
  Custody custody = taken();
  custody.acknowledged(acked + 1, sent, start + 30'000 * millisecond);
  EXPECT_EQ(custody.due(acked + 1, sent, start + 89'999 * millisecond), Custody::Due::repeat);
  EXPECT_EQ(custody.due(acked + 1, sent, start + 90'000 * millisecond), Custody::Due::given_up);
  EXPECT_FALSE(custody.holds(acked + 1));
}

}  // namespace
}  // namespace tollgate::flow
