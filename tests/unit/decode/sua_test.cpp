#include "decode/sua.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode::sua {
namespace {

using test::hex;
using test::to_hex;

// RFC 3868 3.2.1: CLDT, class 1 with return on error, source GT 447700900123 and SSN 8, destination on SSN
// and PC 1, sequence control 7, the first of two segments, five octets of data.
constexpr std::string_view cldt =
    "01000701 00000078"
    "0006 0008 00000001"
    "0115 0008 00000081"
    "0102 0024 0001 0005  8001 0012 00000004 0c 00 01 04 447700091032 0000  8003 0008 00000008"
    "0103 0018 0002 0003  8002 0008 00000001  8003 0008 00000006"
    "0116 0008 00000007"
    "0117 0008 81 abcdef"
    "0101 0008 0000000f"
    "010b 0009 0102030405 000000";

TEST(Sua, reads_connectionless_data_transfer) {
  const auto input = hex(cldt);
  const auto message = decode(input);
  ASSERT_TRUE(message) << to_string(message.error().reason) << " at " << message.error().offset;
  EXPECT_TRUE(is_cldt(*message));
  EXPECT_FALSE(is_cldr(*message));
  EXPECT_EQ(to_hex(message->routing_context), "00000001");
  EXPECT_EQ(message->protocol_class, 1);
  EXPECT_TRUE(message->return_on_error);
  EXPECT_FALSE(message->source.route_on_ssn);
  EXPECT_EQ(message->source.ssn, 8);
  EXPECT_EQ(message->source.gt.indicator, 4);
  EXPECT_EQ(message->source.gt.numbering_plan, 1);
  EXPECT_EQ(message->source.gt.nature_of_address, 4);
  char digits[sccp::max_gt_digits];
  EXPECT_EQ(std::string_view(digits, sccp::digits(message->source.gt, digits)), "447700900123");
  EXPECT_TRUE(message->destination.route_on_ssn);
  EXPECT_EQ(message->destination.point_code, 1U);
  EXPECT_EQ(message->destination.ssn, 6);
  EXPECT_EQ(message->destination.gt.indicator, 0);
  EXPECT_EQ(message->sequence_control, 7U);
  EXPECT_EQ(message->hop_counter, 15);
  ASSERT_TRUE(message->segmentation);
  EXPECT_TRUE(message->segmentation->first);
  EXPECT_EQ(message->segmentation->remaining, 1);
  EXPECT_EQ(message->segmentation->local_reference, 0xabcdefU);
  EXPECT_EQ(to_hex(message->data), "0102030405");
  EXPECT_TRUE(message->trailing.empty());
}

TEST(Sua, reads_connectionless_data_response) {
  const auto unsound =
      hex("01000702 00000034 0106 0008 0000 01 03"
          "0102 0010 0002 0001 8003 0008 00000006"
          "0103 0014 0002 0001 8003 0008 00000008 8002 0004");
  EXPECT_EQ(decode(unsound).error().reason, Reason::truncated);  // a point code of no octets
  const auto sound =
      hex("01000702 00000030 0106 0008 0000 01 03"
          "0102 0010 0002 0001 8003 0008 00000006"
          "0103 0010 0002 0001 8003 0008 00000008");
  test::RecordingTrace trace;
  const auto message = decode(sound, &trace);
  ASSERT_TRUE(message);
  EXPECT_TRUE(is_cldr(*message));
  EXPECT_EQ(message->return_cause, 3);
  EXPECT_EQ(message->destination.ssn, 8);
  EXPECT_NE(trace.all().find("SUA/SCCP Cause/Cause Value = 3 (subsystem failure)"), std::string::npos);
  EXPECT_NE(trace.all().find("SUA/Source Address/Subsystem Number/SSN value = 6 (HLR)"), std::string::npos);
}

TEST(Sua, names_every_other_message) {
  struct Case {
    std::string_view octets;
    std::string_view line;
  };
  const Case cases[] = {
      {"01000801 00000008", "Message Type = 1 (Connection Request (CORE))"},
      {"01000808 00000008", "Message Type = 8 (Connection Oriented Data Transfer (CODT))"},
      {"0100080b 00000008", "Message Type = 11 (Inactivity Test (COIT))"},
      {"01000206 00000008", "Message Type = 6 (Destination Restricted (DRST))"},
      {"01000904 00000008", "Message Type = 4 (Deregistration Response (DEREG RSP))"},
  };
  for (const Case& c : cases) {
    test::RecordingTrace trace;
    const auto input = hex(c.octets);
    EXPECT_TRUE(decode(input, &trace)) << c.octets;
    EXPECT_NE(trace.all().find(c.line), std::string::npos) << trace.all();
  }
}

TEST(Sua, refuses_unsound_messages) {
  EXPECT_EQ(decode(hex("01000701 00000008")).error(), (Error{Layer::sua, Reason::missing_field, 8}));
  EXPECT_EQ(decode(hex("01000703 00000008")).error().reason, Reason::unknown_type);
  EXPECT_EQ(decode(hex("01000101 00000008")).error().reason, Reason::unknown_type);
  EXPECT_EQ(decode(hex("01000801 00000018 010b 0008 01020304 010b 0008 01020304")).error().reason,
            Reason::too_many);
}

TEST(Sua, no_cut_or_changed_octet_makes_the_trace_leave_the_input) {
  test::mangle(hex(cldt), [](Octets input, Trace* trace) { return decode(input, trace); });
}

}  // namespace
}  // namespace tollgate::decode::sua
