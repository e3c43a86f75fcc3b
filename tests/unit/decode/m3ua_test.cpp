#include "decode/m3ua.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode::m3ua {
namespace {

using test::hex;

// RFC 4666 3.3.1: DATA with Network Appearance 1, Routing Context 1, Protocol Data of 5 octets, padded.
constexpr std::string_view data =
    "01000101 00000030"
    "0200 0008 00000001"
    "0006 0008 00000001"
    "0210 0015 00000457 000008ae 03 02 00 0a 0102030405 000000";

TEST(M3ua, reads_payload_data) {
  const auto input = hex(data);
  const auto message = decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class, 1);
  EXPECT_EQ(message->message_type, 1);
  EXPECT_EQ(message->network_appearance, 1U);
  EXPECT_EQ(test::to_hex(message->routing_context), "00000001");
  ASSERT_TRUE(message->data);
  EXPECT_EQ(message->data->opc, 1111U);
  EXPECT_EQ(message->data->dpc, 2222U);
  EXPECT_EQ(message->data->si, 3);
  EXPECT_EQ(message->data->ni, 2);
  EXPECT_EQ(message->data->mp, 0);
  EXPECT_EQ(message->data->sls, 10);
  EXPECT_EQ(test::to_hex(message->data->user_data), "0102030405");
  EXPECT_TRUE(message->trailing.empty());
}

TEST(M3ua, the_padding_of_the_last_parameter_may_be_missing_or_not_counted) {
  auto input = hex(data);
  const auto padded = input;
  input.resize(input.size() - 3);  // counted, but not there
  ASSERT_TRUE(decode(input));
  EXPECT_EQ(decode(input)->data->user_data.size(), 5U);
  input[7] = std::byte{0x2d};  // neither counted nor there
  ASSERT_TRUE(decode(input));
  EXPECT_EQ(decode(input)->data->user_data.size(), 5U);
  auto uncounted = padded;
  uncounted[7] = std::byte{0x2d};  // there, but not counted
  ASSERT_TRUE(decode(uncounted));
  EXPECT_EQ(decode(uncounted)->trailing.size(), 3U);
}

TEST(M3ua, octets_behind_the_message_are_told_and_not_read) {
  auto input = hex(data);
  for (const std::byte octet : hex("0210 0008 00000000")) input.push_back(octet);
  const auto message = decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->trailing.size(), 8U);
}

TEST(M3ua, refuses_what_no_receiver_can_read) {
  struct Case {
    std::string_view octets;
    Reason reason;
  };
  const Case cases[] = {
      {"", Reason::truncated},
      {"01000101 000000", Reason::truncated},
      {"02000101 00000008", Reason::bad_version},
      {"01000101 00000007", Reason::bad_length},
      {"01000101 0000000c", Reason::truncated},
      {"01000101 00000008", Reason::missing_field},
      {"01000601 00000008", Reason::unknown_type},  // MAUP is of M2UA
      {"01000102 00000008", Reason::unknown_type},
      {"01007f7f 00000008", Reason::unknown_type},
      {"01000101 0000000c 0210 0003", Reason::bad_length},
      {"01000101 0000000c 0210 0010", Reason::truncated},
      {"01000101 00000010 0210 0008 00000001", Reason::truncated},
      {"01000101 00000010 0200 0007 00000001", Reason::bad_length},
      {"01000101 00000030 0210 0014 00000001 00000002 03020001 aabbccdd 0210 0014 00000001 00000002 03020001 "
       "aabbccdd",
       Reason::too_many},
  };
  for (const Case& c : cases) {
    const auto input = hex(c.octets);
    const auto message = decode(input);
    ASSERT_FALSE(message) << c.octets;
    EXPECT_EQ(message.error().layer, Layer::m3ua);
    EXPECT_EQ(message.error().reason, c.reason) << c.octets << ": " << to_string(message.error().reason);
  }
}

TEST(M3ua, the_trace_shows_parameters_of_every_message) {
  struct Case {
    std::string_view octets;
    std::vector<std::string_view> lines;
  };
  const Case cases[] = {
      {"01000301 00000018 0011 0008 00000007 0004 0007 61626300",
       {"M3UA/Common Message Header/Message Class = 3 (ASP State Maintenance (ASPSM))",
        "M3UA/Common Message Header/Message Type = 1 (ASP Up (ASPUP))",
        "M3UA/ASP Identifier/ASP Identifier = 7", "M3UA/INFO String/INFO String = abc", "M3UA/Padding = 00"}},
      {"01000401 00000018 000b 0008 00000002 0006 0008 00000001",
       {"Message Type = 1 (ASP Active (ASPAC))", "Traffic Mode Type = 2 (Loadshare)",
        "M3UA/Routing Context/Routing Context = 1"}},
      {"01000205 00000018 0012 0008 00000003 0204 0008 00010003",
       {"Message Type = 5 (Destination User Part Unavailable (DUPU))", "M3UA/Affected Point Code/Mask = 0",
        "M3UA/Affected Point Code/Point Code = 3", "M3UA/User/Cause/Cause = 1 (Unequipped Remote User)",
        "M3UA/User/Cause/User = 3 (SCCP)"}},
      {"01000000 00000010 000c 0008 00000019",
       {"Message Type = 0 (Error (ERR))", "Error Code = 25 (Invalid Routing Context)"}},
      {"01000901 0000000c 7777 0004",
       {"Message Class = 9 (Routing Key Management (RKM))", "M3UA/Unknown parameter/Parameter Tag = 30583"}},
  };
  for (const Case& c : cases) {
    const auto input = hex(c.octets);
    test::RecordingTrace trace;
    ASSERT_TRUE(decode(input, &trace)) << c.octets;
    for (const std::string_view line : c.lines)
      EXPECT_NE(trace.all().find(line), std::string::npos) << line << " is not in\n" << trace.all();
  }
}

TEST(M3ua, a_plausible_header_is_recognised) {
  EXPECT_TRUE(is_plausible(hex(data)));
  EXPECT_TRUE(is_plausible(hex("0100030300000008")));
  EXPECT_FALSE(is_plausible(hex("0100030300000100")));
  EXPECT_FALSE(is_plausible(hex("0101030300000008")));
  EXPECT_FALSE(is_plausible(hex("0100060100000008")));
  EXPECT_FALSE(is_plausible(hex("474554202f204854")));
  EXPECT_FALSE(is_plausible({}));
}

TEST(M3ua, no_cut_or_changed_octet_makes_the_trace_leave_the_input) {
  const auto whole = hex(data);
  test::mangle(whole, [](Octets input, Trace* trace) { return decode(input, trace); });
}

}  // namespace
}  // namespace tollgate::decode::m3ua
