#include "decode/sccp.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode::sccp {
namespace {

using test::hex;

std::string text_of(const GlobalTitle& gt) {
  char out[max_gt_digits];
  return {out, digits(gt, out)};
}

// Q.713 4.10: class 1 with return on error; called GT 447700900123 (even number of digits)
// with SSN 8, calling GT 44770090012 (odd) with SSN 6.
constexpr std::string_view udt =
    "09 81 03 0e 19"
    "0b 12 08 00 12 04 44 77 00 09 10 32"
    "0b 12 06 00 11 04 44 77 00 09 10 02"
    "04 deadbeef";

TEST(Sccp, reads_a_udt_with_global_titles_of_indicator_4) {
  const auto input = hex(udt);
  const auto message = decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, MessageType::UDT);
  EXPECT_EQ(message->protocol_class, 1);
  EXPECT_TRUE(message->return_on_error);
  EXPECT_EQ(message->called.ssn, 8);
  EXPECT_FALSE(message->called.point_code);
  EXPECT_FALSE(message->called.route_on_ssn);
  EXPECT_EQ(message->called.gt.indicator, 4);
  EXPECT_EQ(message->called.gt.numbering_plan, 1);
  EXPECT_EQ(message->called.gt.encoding_scheme, 2);
  EXPECT_EQ(message->called.gt.nature_of_address, 4);
  EXPECT_EQ(text_of(message->called.gt), "447700900123");
  EXPECT_EQ(message->calling.ssn, 6);
  EXPECT_EQ(text_of(message->calling.gt), "44770090012");
  EXPECT_EQ(test::to_hex(message->data), "deadbeef");
  EXPECT_FALSE(message->segmentation);
}

TEST(Sccp, the_trace_names_fields_and_their_meaning) {
  const auto input = hex(udt);
  test::RecordingTrace trace;
  ASSERT_TRUE(decode(input, &trace));
  const std::string all = trace.all();
  for (const std::string_view line : {
           "SCCP/Message type = 9 (unitdata (UDT))",
           "SCCP/Protocol class = 1 (connectionless, in sequence)",
           "SCCP/Message handling = 8 (return message on error)",
           "SCCP/Called party address/Routing indicator = 0 (route on global title)",
           "SCCP/Called party address/Subsystem number = 8 (MSC)",
           "SCCP/Called party address/Nature of address = 4 (international number)",
           "SCCP/Called party address/Address information = 447700900123",
           "SCCP/Calling party address/Encoding scheme = 1 (BCD, odd number of digits)",
       })
    EXPECT_NE(all.find(line), std::string::npos) << line << " is not in\n" << all;
}

TEST(Sccp, reads_each_message_with_its_own_layout) {
  struct Case {
    MessageType type;
    std::string_view octets;
  };
  // Called: SSN 8; calling: PC 1 (low octet first), SSN 6; data aabb.
  const Case cases[] = {
      {MessageType::UDT, "09 00 03 05 09 024208 0443010006 02aabb"},
      {MessageType::UDTS, "0a 07 03 05 09 024208 0443010006 02aabb"},
      {MessageType::XUDT, "11 00 0f 04 06 0a 00 024208 0443010006 02aabb"},
      {MessageType::XUDTS, "12 07 0f 04 06 0a 00 024208 0443010006 02aabb"},
      {MessageType::LUDT, "13 00 0f 0700 0800 0b00 0000 024208 0443010006 0200aabb"},
      {MessageType::LUDTS, "14 07 0f 0700 0800 0b00 0000 024208 0443010006 0200aabb"},
  };
  for (const Case& c : cases) {
    const auto input = hex(c.octets);
    const auto message = decode(input);
    ASSERT_TRUE(message) << to_string(c.type);
    EXPECT_EQ(message->type, c.type);
    EXPECT_EQ(message->called.ssn, 8) << to_string(c.type);
    EXPECT_TRUE(message->called.route_on_ssn);
    EXPECT_EQ(message->calling.point_code, 1U) << to_string(c.type);
    EXPECT_EQ(message->calling.ssn, 6) << to_string(c.type);
    EXPECT_EQ(test::to_hex(message->data), "aabb") << to_string(c.type);
    EXPECT_EQ(message->return_cause, is_service(c.type) ? 7 : 0) << to_string(c.type);
    EXPECT_TRUE(is_plausible(input));
  }
}

TEST(Sccp, reads_segmentation_and_importance_and_steps_over_others) {
  const auto input = hex("11 81 0f 04 06 0a 0c 024208 0443010006 02aabb fa01ff 1004c1010200 120105 00");
  const auto message = decode(input);
  ASSERT_TRUE(message);
  ASSERT_TRUE(message->segmentation);
  EXPECT_TRUE(message->segmentation->first);
  EXPECT_TRUE(message->segmentation->class_1);
  EXPECT_EQ(message->segmentation->remaining, 1);
  EXPECT_EQ(message->segmentation->local_reference, 0x000201U);
  EXPECT_EQ(message->importance, 5);
}

TEST(Sccp, reads_every_global_title_format) {
  struct Case {
    std::string_view address;
    std::uint8_t indicator, translation_type, plan, nature;
    std::string_view digits;
  };
  const Case cases[] = {
      {"04 84 2103", 1, 0, 0, 4, "123"},         // odd bit set
      {"04 04 2143", 1, 0, 0, 4, "1234"},        //
      {"08 0a 2143", 2, 10, 0, 0, "1234"},       //
      {"08 0a 21f3", 2, 10, 0, 0, "123"},        // no parity: a last 1111 is filler
      {"0c 03 11 2103", 3, 3, 1, 0, "123"},      //
      {"0c 03 72 2143", 3, 3, 7, 0, "1234"},     // E.214, even
      {"10 00 12 03 21b3", 4, 0, 1, 3, "123B"},  // code 11
      {"10 00 12 03 21fc", 4, 0, 1, 3, "12CF"},  // code 12 and ST
      {"10 00 12 03", 4, 0, 1, 3, ""},           // no digits
      {"00", 0, 0, 0, 0, ""},                    //
      {"44 ff", 1, 0, 0, 127, ""},               //
  };
  for (const Case& c : cases) {
    const auto address = hex(c.address);
    auto input = hex("09 00 03");
    const auto size = address.size();
    input.push_back(static_cast<std::byte>(3 + size));
    input.push_back(static_cast<std::byte>(5 + size));
    input.push_back(static_cast<std::byte>(size));
    input.insert(input.end(), address.begin(), address.end());
    for (const std::byte octet : hex("02 42 08 00")) input.push_back(octet);
    const auto message = decode(input);
    ASSERT_TRUE(message) << c.address;
    const GlobalTitle& gt = message->called.gt;
    EXPECT_EQ(gt.indicator, c.indicator) << c.address;
    EXPECT_EQ(gt.translation_type, c.translation_type) << c.address;
    EXPECT_EQ(gt.numbering_plan, c.plan) << c.address;
    EXPECT_EQ(gt.nature_of_address, c.nature) << c.address;
    EXPECT_EQ(text_of(gt), c.digits) << c.address;
  }
}

TEST(Sccp, digits_stop_at_the_room_they_are_given) {
  const auto address = hex("21436587");
  GlobalTitle gt;
  gt.address = address;
  gt.signals = 8;
  char out[3];
  EXPECT_EQ(digits(gt, out), 3U);
  EXPECT_EQ(std::string_view(out, 3), "123");
}

TEST(Sccp, refuses_pointers_and_lengths_that_leave_the_message) {
  struct Case {
    std::string_view octets;
    Reason reason;
  };
  const Case cases[] = {
      {"", Reason::truncated},
      {"09 00 03", Reason::truncated},
      {"09 00 00 05 09 024208 0443010006 02aabb", Reason::bad_pointer},  // no called party address
      {"09 00 01 05 09 024208 0443010006 02aabb", Reason::bad_pointer},  // into the pointers
      {"09 00 03 05 40 024208 0443010006 02aabb", Reason::bad_pointer},  // behind the end
      {"09 00 03 05 09 024208 0443010006 03aabb", Reason::truncated},    // data longer than the message
      {"09 00 03 05 09 fe4208 0443010006 02aabb", Reason::truncated},    //
      {"09 00 03 04 07 0143 0443010006 02aabb", Reason::truncated},      // address shorter than it says
      {"11 00 0f 04 06 0a 0d 024208 0443010006 02aabb", Reason::bad_pointer},
      {"11 00 0f 04 06 0a 0c 024208 0443010006 02aabb 1004c101", Reason::truncated},
      {"11 00 0f 04 06 0a 0c 024208 0443010006 02aabb 1003c10102 00", Reason::bad_length},
      {"11 00 0f 04 06 0a 0c 024208 0443010006 02aabb 12020500 00", Reason::bad_length},
      {"13 00 0f ffff 0800 0b00 0000 024208 0443010006 0200aabb", Reason::bad_pointer},
      {"00", Reason::unknown_type},
      {"15", Reason::unknown_type},
  };
  for (const Case& c : cases) {
    const auto input = hex(c.octets);
    const auto message = decode(input);
    ASSERT_FALSE(message) << c.octets;
    EXPECT_EQ(message.error().layer, Layer::sccp);
    EXPECT_EQ(message.error().reason, c.reason) << c.octets << ": " << to_string(message.error().reason);
  }
}

TEST(Sccp, no_cut_or_changed_octet_makes_the_trace_leave_the_input) {
  const auto whole = hex(
      "11 81 0f 04 10 1c 21 0b1208001204447700091032 0b1206001104447700091002 04deadbeef 1004c1010200 00");
  test::mangle(whole, [](Octets input, Trace* trace) { return decode(input, trace); });
}

TEST(Sccp, recognises_connection_oriented_messages_by_type) {
  const auto input = hex("01 000001 03 02 00 024208");
  test::RecordingTrace trace;
  const auto message = decode(input, &trace);
  ASSERT_TRUE(message);
  EXPECT_EQ(to_string(message->type), "CR");
  EXPECT_FALSE(is_connectionless(message->type));
  EXPECT_EQ(trace.lines().front(), "SCCP/Message type = 1 (connection request (CR))");
}

TEST(Sccp, reads_management) {
  const auto input = hex("06 08 0100 00 04");  // Q.713 5.3: SSC for SSN 8 at point code 1, level 4
  const auto message = decode_management(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->format_identifier, 6);
  EXPECT_EQ(message->affected_ssn, 8);
  EXPECT_EQ(message->affected_pc, 1);
  EXPECT_EQ(message->congestion_level, 4);
  EXPECT_EQ(decode_management(hex("0108")).error().reason, Reason::truncated);
  EXPECT_EQ(decode_management(hex("0708010000")).error().reason, Reason::unknown_type);
}

}  // namespace
}  // namespace tollgate::decode::sccp
