#include "decode/ber.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "support/hex.hpp"

using namespace tollgate;
using namespace tollgate::decode;
using test::hex;
using test::to_hex;

namespace {

std::optional<Reason> why(std::string_view digits) {
  ber::Tlv tlv;
  return ber::read(hex(digits), tlv);
}

std::string dotted(std::string_view digits) {
  char text[64];
  return std::string(ber::to_dotted(hex(digits), text));
}

}  // namespace

TEST(Ber, reads_class_form_and_number_of_a_tag) {
  const auto input = hex("6c03020105");
  ber::Cursor cursor{input};
  ber::Tlv tlv;
  ASSERT_TRUE(cursor.next(tlv));
  EXPECT_EQ(tlv.tag, ber::application(12));
  EXPECT_TRUE(tlv.constructed);
  EXPECT_EQ(to_hex(tlv.contents), "020105");
  ber::Cursor inner = cursor.inside(tlv);
  ASSERT_TRUE(inner.next(tlv));
  EXPECT_EQ(tlv.tag, ber::integer);
  EXPECT_FALSE(tlv.constructed);
  EXPECT_EQ(ber::to_integer(tlv.contents), 5);
  EXPECT_FALSE(inner.next(tlv));
  EXPECT_FALSE(inner.failed());
}

// X.690 8.1.2.4: 9F 33 is the context tag 51; 9F 81 00 the context tag 128.
TEST(Ber, reads_tags_of_more_than_one_octet) {
  ber::Tlv tlv;
  auto input = hex("9f3301aa");
  ASSERT_EQ(ber::read(input, tlv), std::nullopt);
  EXPECT_EQ(tlv.tag, ber::context(51));
  input = hex("9f810000");
  ASSERT_EQ(ber::read(input, tlv), std::nullopt);
  EXPECT_EQ(tlv.tag, ber::context(128));
  EXPECT_EQ(why("9fffffffffff00"), Reason::bad_tag);
  EXPECT_EQ(why("9f81"), Reason::truncated);
}

TEST(Ber, reads_lengths_longer_than_they_need_be) {
  ber::Tlv tlv;
  auto input = hex("04820002abcd99");
  ASSERT_EQ(ber::read(input, tlv), std::nullopt);
  EXPECT_EQ(to_hex(tlv.contents), "abcd");
  EXPECT_EQ(tlv.whole.size(), 6U);
  input = hex("0489000000000000000001ab");
  ASSERT_EQ(ber::read(input, tlv), std::nullopt);
  EXPECT_EQ(to_hex(tlv.contents), "ab");
}

TEST(Ber, refuses_lengths_that_lie) {
  EXPECT_EQ(why("0405abcd"), Reason::truncated);
  EXPECT_EQ(why("04"), Reason::truncated);
  EXPECT_EQ(why("0484ffffffff00"), Reason::truncated);
  EXPECT_EQ(why("048affffffffffffffffffff00"), Reason::truncated);
  EXPECT_EQ(why("04ff00"), Reason::bad_length);      // 8.1.3.5 c: reserved
  EXPECT_EQ(why("0480ab0000"), Reason::bad_length);  // 8.1.3.2 a: primitive, so definite
}

TEST(Ber, ends_an_indefinite_length_at_its_own_end_of_contents) {
  ber::Tlv tlv;
  // [0] { OCTET STRING 00 00, [1] indefinite { NULL } }, then one octet of something else
  const auto input = hex("a080 04020000 a1800500 0000 0000 77");
  ASSERT_EQ(ber::read(input, tlv), std::nullopt);
  EXPECT_EQ(to_hex(tlv.contents), "04020000a18005000000");
  EXPECT_EQ(tlv.whole.size(), input.size() - 1);
  EXPECT_EQ(why("a0800401"), Reason::truncated);
  EXPECT_EQ(why("a080040100"), Reason::truncated);
}

TEST(Ber, bounds_how_deep_indefinite_lengths_nest) {
  const auto nested = [](int depth) {
    std::string digits;
    for (int i = 0; i < depth; ++i) digits += "3080";
    for (int i = 0; i < depth; ++i) digits += "0000";
    return digits;
  };
  EXPECT_EQ(why(nested(32)), std::nullopt);
  EXPECT_EQ(why(nested(33)), Reason::too_deep);
}

TEST(Ber, says_where_an_element_leaves_the_one_that_holds_it) {
  const auto input = hex("3005 020101 0409");
  ber::Cursor cursor{input};
  ber::Tlv tlv;
  ASSERT_TRUE(cursor.next(tlv));
  ber::Cursor inner = cursor.inside(tlv);
  ASSERT_TRUE(inner.next(tlv));
  EXPECT_FALSE(inner.next(tlv));
  EXPECT_EQ(inner.error(Layer::tcap), (Error{Layer::tcap, Reason::bad_length, 5}));
}

TEST(Ber, reads_integers_with_their_sign) {
  EXPECT_EQ(ber::to_integer(hex("c5")), -59);
  EXPECT_EQ(ber::to_integer(hex("00ff")), 255);
  EXPECT_EQ(ber::to_integer(hex("0000000005")), 5);
  EXPECT_EQ(ber::to_integer(hex("80000000")), -2147483647 - 1);
  EXPECT_EQ(ber::to_integer(hex("0080000000")), std::nullopt);
  EXPECT_EQ(ber::to_integer(hex("")), std::nullopt);
}

// 04 00 00 01 00 19 03: {0 4 0 0 1 0 25 3}; 2a8648: {1 2 840}, the example of X.690 8.19.5's kind; 883703:
// {2 999 3}, the example of X.690 8.19.5.
TEST(Ber, writes_object_identifiers_as_dotted_text) {
  EXPECT_EQ(dotted("04000001001903"), "0.4.0.0.1.0.25.3");
  EXPECT_EQ(dotted("2a8648"), "1.2.840");
  EXPECT_EQ(dotted("883703"), "2.999.3");
  EXPECT_EQ(dotted("00118605010101"), "0.0.17.773.1.1.1");
  EXPECT_EQ(dotted(""), "");
  EXPECT_EQ(dotted("0486"), "");
  EXPECT_EQ(dotted("04ffffffffff7f"), "");
  char small[6];
  EXPECT_EQ(ber::to_dotted(hex("04000001001903"), small), "");
}
