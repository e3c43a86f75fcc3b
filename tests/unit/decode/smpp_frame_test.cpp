#include "decode/smpp_frame.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::decode::smpp {
namespace {

using test::hex;

TEST(SmppFrame, a_pdu_ends_where_command_length_says) {
  const auto stream = hex("00000010 00000015 00000000 00000001  00000010");
  const Frame one = frame(stream);
  EXPECT_EQ(one.kind, Frame::Kind::pdu);
  EXPECT_EQ(one.size, 16U);
}

TEST(SmppFrame, says_how_much_is_needed_of_an_incomplete_pdu) {
  const auto stream = hex("00000021 00000004 00000000 00000001 00");
  EXPECT_EQ(frame(stream).kind, Frame::Kind::need_more);
  EXPECT_EQ(frame(stream).size, 33U);
  EXPECT_EQ(frame(Octets{stream}.first(3)).kind, Frame::Kind::need_more);
  EXPECT_EQ(frame(Octets{stream}.first(3)).size, 16U);
  EXPECT_EQ(frame({}).kind, Frame::Kind::need_more);
}

TEST(SmppFrame, a_length_below_the_headers_is_no_boundary) {
  EXPECT_EQ(frame(hex("0000000f 00000006 00000000 00000000")).kind, Frame::Kind::lost);
  EXPECT_EQ(frame(hex("00000000")).kind, Frame::Kind::lost);
}

TEST(SmppFrame, a_length_above_the_bound_is_oversized) {
  EXPECT_EQ(frame(hex("00014001")).kind, Frame::Kind::oversized);
  EXPECT_EQ(frame(hex("00014000")).kind, Frame::Kind::need_more);
  EXPECT_EQ(frame(hex("00000400"), 512).kind, Frame::Kind::oversized);
  EXPECT_EQ(frame(hex("fffffff0")).size, 0xfffffff0U);
}

TEST(SmppFrame, an_unknown_command_does_not_hide_what_follows) {
  EXPECT_EQ(frame(hex("00000010 00000110 00000000 00000001")).kind, Frame::Kind::pdu);
}

TEST(SmppFrame, a_connection_that_begins_with_a_bind_is_smpp) {
  EXPECT_EQ(plausible_start(hex("00000020 00000009 00000000 00000001")), Plausible::yes);
  EXPECT_EQ(plausible_start(hex("00000020 00000009 0000")), Plausible::need_more);
  EXPECT_EQ(plausible_start({}), Plausible::need_more);
}

TEST(SmppFrame, other_protocols_are_told_from_smpp_early) {
  EXPECT_EQ(plausible_start(hex("47")), Plausible::no);                 // GET
  EXPECT_EQ(plausible_start(hex("16030100")), Plausible::no);           // TLS
  EXPECT_EQ(plausible_start(hex("0000002a ff534d42")), Plausible::no);  // SMB over TCP
}

TEST(SmppFrame, a_header_with_a_wrong_value_still_has_the_shape) {
  EXPECT_EQ(plausible_start(hex("00000010 00000015 00000001 00000001")), Plausible::shape);  // status
  EXPECT_EQ(plausible_start(hex("00000011 00000015 00000000 00000001")), Plausible::shape);  // body
  EXPECT_EQ(plausible_start(hex("00000010 00000004 00000000 00000001")), Plausible::shape);  // no body
  EXPECT_EQ(plausible_start(hex("00000010 00000110 00000000 00000001")), Plausible::shape);  // id
  EXPECT_EQ(plausible_start(hex("00000010 00120003 00000000 00000001")), Plausible::no);
}

TEST(SmppFrame, a_response_without_a_body_is_plausible) {
  EXPECT_EQ(plausible_start(hex("00000010 80000004 00000014 00000001")), Plausible::yes);
}

TEST(SmppFrame, finds_the_next_boundary_after_a_gap) {
  auto stream = hex("74 65 78 74 00 00 00 10 00");  // the end of some PDU; a length that is none
  const auto pdus = hex("00000010 00000015 00000000 00000001  00000011 80000004 00000000 00000002 00");
  stream.insert(stream.end(), pdus.begin(), pdus.end());
  const Boundary boundary = find_boundary(stream);
  EXPECT_TRUE(boundary.found);
  EXPECT_EQ(boundary.offset, 9U);
}

TEST(SmppFrame, a_header_that_leads_nowhere_is_no_boundary) {
  // An enquire_link whose next header is text, then two PDUs in a row.
  const auto stream =
      hex("00000010 00000015 00000000 00000001  6162636465666768696a6b6c6d6e6f70"
          "00000010 80000015 00000000 00000001  00000010 00000006 00000000 00000002");
  const Boundary boundary = find_boundary(stream);
  EXPECT_TRUE(boundary.found);
  EXPECT_EQ(boundary.offset, 32U);
}

TEST(SmppFrame, a_message_is_a_boundary_whatever_its_command_status) {
  // An enquire_link and a submit_sm of empty fields, both of command_status 1.
  const auto stream =
      hex("00000010 00000015 00000001 00000004"
          "00000021 00000004 00000001 00000005  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
  const Boundary boundary = find_boundary(stream);
  EXPECT_TRUE(boundary.found);
  EXPECT_EQ(boundary.offset, 16U);
}

TEST(SmppFrame, keeps_the_octets_that_may_begin_a_header) {
  const auto stream = hex("6162636465666768 696a6b6c6d6e6f70 71 00000010 80000015");
  const Boundary boundary = find_boundary(stream);
  EXPECT_FALSE(boundary.found);
  EXPECT_EQ(boundary.offset, 17U);
}

}  // namespace
}  // namespace tollgate::decode::smpp
