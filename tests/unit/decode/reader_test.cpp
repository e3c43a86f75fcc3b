#include "decode/reader.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::hex;

TEST(Reader, reads_big_endian_numbers_in_order) {
  const auto input = hex("01 0203 040506 0708090a 3412");
  Reader r{input};
  EXPECT_EQ(r.u8("a"), 0x01U);
  EXPECT_EQ(r.u16("b"), 0x0203U);
  EXPECT_EQ(r.u24("c"), 0x040506U);
  EXPECT_EQ(r.u32("d"), 0x0708090aU);
  EXPECT_EQ(r.u16_little("e"), 0x1234U);
  EXPECT_TRUE(r.empty());
  EXPECT_FALSE(r.failed());
}

TEST(Reader, a_read_past_the_end_fails_for_good) {
  const auto input = hex("0102");
  Reader r{input};
  EXPECT_EQ(r.u24("a"), 0U);
  EXPECT_TRUE(r.failed());
  EXPECT_EQ(r.u8("b"), 0U);
  EXPECT_EQ(r.remaining(), 0U);
  EXPECT_EQ(r.truncated(Layer::sccp), (Error{Layer::sccp, Reason::truncated, 0}));
}

TEST(Reader, a_huge_length_does_not_wrap) {
  const auto input = hex("010203");
  Reader r{input};
  r.u8("a");
  EXPECT_TRUE(r.octets(SIZE_MAX, "b").empty());
  EXPECT_TRUE(r.failed());
}

TEST(Reader, tells_the_trace_what_a_number_means) {
  const auto input = hex("06");
  test::RecordingTrace trace;
  with_reader(input, &trace, [](auto r) { return r.u8("SSN", [](auto) { return "HLR"; }); });
  EXPECT_EQ(trace.lines(), std::vector<std::string>{"SSN = 6 (HLR)"});
}

TEST(Reader, says_nothing_of_octets_that_a_failed_read_did_not_give) {
  const auto input = hex("4500");
  test::RecordingTrace trace;
  with_reader(input, &trace, [](auto r) {
    r.u8("Type");
    r.u16("Flags");
    r.bits("Don't Fragment", r.last(2), 0x4000);
    r.note("Flags", r.last(2), "none");
    r.note("Flags", r.last(2), 0);
    return 0;
  });
  EXPECT_EQ(trace.lines(), std::vector<std::string>{"Type = 69"});
}

}  // namespace
}  // namespace tollgate::decode
