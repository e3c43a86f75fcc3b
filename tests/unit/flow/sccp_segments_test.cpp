#include "flow/sccp_segments.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::flow {
namespace {

using decode::sccp::Segmentation;
using test::hex;
using test::to_hex;

constexpr std::uint64_t second = 1'000'000'000;

SegmentedMessage message_of(std::uint32_t local_reference) {
  static const auto address = hex("4208");
  decode::sccp::Address calling;
  calling.octets = address;
  return {1, 2, calling, local_reference};
}

Segmentation segment(bool first, std::uint8_t remaining) {
  Segmentation segmentation;
  segmentation.first = first;
  segmentation.remaining = remaining;
  return segmentation;
}

class SccpSegmentsTest : public testing::Test {
 protected:
  std::string add(std::uint32_t reference, bool first, std::uint8_t remaining, std::string_view octets,
                  std::uint64_t now = second) {
    const auto data = hex(octets);
    const auto whole = segments_.add(message_of(reference), segment(first, remaining), data, now, counters_);
    return whole ? to_hex(*whole) : "none";
  }
  std::uint64_t count(Count c) const { return counters_.of(c); }

  SccpSegments segments_{2};
  Counters counters_;
};

TEST_F(SccpSegmentsTest, joins_segments_in_order) {
  EXPECT_EQ(add(7, true, 2, "0102"), "none");
  EXPECT_EQ(add(7, false, 1, "0304"), "none");
  EXPECT_EQ(add(7, false, 0, "05"), "0102030405");
  EXPECT_EQ(segments_.size(), 0U);
}

TEST_F(SccpSegmentsTest, a_lone_segment_is_the_whole) {
  EXPECT_EQ(add(7, true, 0, "0102"), "0102");
  EXPECT_EQ(segments_.size(), 0U);
}

TEST_F(SccpSegmentsTest, keeps_messages_apart_by_reference_caller_and_association) {
  EXPECT_EQ(add(7, true, 1, "01"), "none");
  EXPECT_EQ(add(8, true, 1, "02"), "none");
  EXPECT_EQ(add(7, false, 0, "03"), "0103");
  EXPECT_EQ(add(8, false, 0, "04"), "0204");
  const auto one = hex("4208");
  const auto other = hex("4206");
  decode::sccp::Address a, b;
  a.octets = one;
  b.octets = other;
  EXPECT_NE(SegmentedMessage(1, 2, a, 7), SegmentedMessage(1, 2, b, 7));
  EXPECT_NE(SegmentedMessage(1, 2, a, 7), SegmentedMessage(3, 2, a, 7));
  EXPECT_NE(SegmentedMessage(1, 2, a, 7), SegmentedMessage(1, 3, a, 7));
}

TEST_F(SccpSegmentsTest, segments_may_overtake_each_other) {
  EXPECT_EQ(add(7, true, 2, "0101"), "none");
  EXPECT_EQ(add(7, false, 0, "03"), "none");
  EXPECT_EQ(add(7, false, 1, "020202"), "010102020203");
  EXPECT_EQ(add(7, false, 0, "03"), "none");
  EXPECT_EQ(add(7, false, 1, "02"), "none");
  EXPECT_EQ(add(7, true, 2, "01"), "010203");
  EXPECT_EQ(segments_.size(), 0U);
}

TEST_F(SccpSegmentsTest, a_segment_that_cannot_be_of_the_message_ends_it) {
  EXPECT_EQ(add(7, true, 1, "01"), "none");
  EXPECT_EQ(add(7, false, 2, "03"), "none");
  EXPECT_EQ(count(Count::unread_sccp_out_of_order), 1U);
  EXPECT_EQ(segments_.size(), 0U);
}

TEST_F(SccpSegmentsTest, says_where_each_segment_of_the_whole_stood) {
  const auto put = [this](bool first, std::uint8_t remaining, std::string_view octets, SegmentPlace place) {
    return segments_.add(message_of(7), segment(first, remaining), hex(octets), second, counters_, place)
        .has_value();
  };
  EXPECT_FALSE(put(false, 0, "0303", {.position = 30, .offset = 5}));
  EXPECT_TRUE(segments_.waits());
  EXPECT_FALSE(put(true, 2, "01", {.position = 10, .offset = 3}));
  EXPECT_TRUE(put(false, 1, "020202", {.position = 20, .offset = 4}));
  EXPECT_FALSE(segments_.waits());
  ASSERT_EQ(segments_.segments().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(segments_.segments()[i].position, 10 * (i + 1));
  EXPECT_EQ(segments_.segments()[0].length, 1U);
  EXPECT_EQ(segments_.segments()[1].length, 3U);
  EXPECT_EQ(segments_.segments()[1].offset, 4U);
  EXPECT_EQ(segments_.segments()[2].length, 2U);
}

TEST_F(SccpSegmentsTest, a_first_segment_begins_anew) {
  EXPECT_EQ(add(7, true, 1, "01"), "none");
  EXPECT_EQ(add(7, true, 1, "02"), "none");
  EXPECT_EQ(add(7, false, 0, "03"), "0203");
  EXPECT_EQ(count(Count::replaced_sccp_segments), 1U);
}

TEST_F(SccpSegmentsTest, sixteen_segments_of_255_octets_fit_and_no_more) {
  const std::string full(510, 'a');
  for (int remaining = 15; remaining > 0; --remaining)
    EXPECT_EQ(add(7, remaining == 15, static_cast<std::uint8_t>(remaining), full), "none");
  EXPECT_EQ(add(7, false, 0, full).size(), 16 * 510U);
  const std::string more(512, 'a');
  for (int remaining = 15; remaining > 0; --remaining)
    add(8, remaining == 15, static_cast<std::uint8_t>(remaining), more);
  EXPECT_EQ(add(8, false, 0, more), "none");
  EXPECT_EQ(count(Count::unread_sccp_too_long), 1U);
  EXPECT_EQ(add(9, true, 16, "01"), "none");  // RFC 3868 3.10.23: at most 15 follow
  EXPECT_EQ(count(Count::unread_sccp_too_long), 2U);
  EXPECT_EQ(segments_.size(), 0U);
}

TEST_F(SccpSegmentsTest, a_message_that_does_not_go_on_expires) {
  EXPECT_EQ(add(7, true, 1, "01", second), "none");
  EXPECT_EQ(add(8, true, 0, "ff", 11 * second), "ff");
  EXPECT_EQ(segments_.size(), 1U);
  EXPECT_EQ(add(7, false, 0, "02", 11 * second + 1), "none");
  EXPECT_EQ(count(Count::expired_sccp_segments), 1U);
}

TEST_F(SccpSegmentsTest, a_full_table_gives_up_the_one_that_waited_longest) {
  add(1, true, 2, "01");
  add(2, true, 1, "02");
  add(1, false, 1, "11");
  add(3, true, 1, "03");  // message 2 has to go
  EXPECT_EQ(count(Count::evicted_sccp_segments), 1U);
  EXPECT_EQ(add(1, false, 0, "21"), "011121");
  EXPECT_EQ(add(2, false, 0, "12"), "none");
  EXPECT_EQ(add(3, false, 0, "13"), "0313");
}

TEST_F(SccpSegmentsTest, buffers_come_back_however_a_message_ends) {
  for (std::uint32_t i = 0; i < 1000; ++i) {
    add(i, true, 2, "01", i * second);
    if (i % 3 == 0) add(i, false, 0, "02", i * second);
    if (i % 3 == 1) add(i, true, 1, "03", i * second);
    if (i % 5 == 0) add(i, false, 1, "04", i * second);
  }
  EXPECT_EQ(add(5000, true, 1, "aa", 5000 * second), "none");
  EXPECT_EQ(add(5001, true, 1, "bb", 5000 * second), "none");
  EXPECT_EQ(add(5000, false, 0, "cc", 5000 * second), "aacc");
  EXPECT_EQ(add(5001, false, 0, "dd", 5000 * second), "bbdd");
}

}  // namespace
}  // namespace tollgate::flow
