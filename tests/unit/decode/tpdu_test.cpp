#include "decode/tpdu.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"

namespace tollgate::decode {
namespace {

using test::hex;
using test::to_hex;
constexpr auto sc_to_ms = TpduDirection::sc_to_ms;
constexpr auto ms_to_sc = TpduDirection::ms_to_sc;

/// Keeps the octets, which the views of the TPDU point into.
Tpdu read(std::vector<std::byte> input, TpduDirection direction, RpMessage carrier = RpMessage::data_or_ack) {
  static std::deque<std::vector<std::byte>> kept;
  const Octets octets = kept.emplace_back(std::move(input));
  const auto tpdu = decode_tpdu(octets, direction, carrier);
  EXPECT_TRUE(tpdu.ok()) << to_hex(octets);
  return tpdu.ok() ? *tpdu : Tpdu{};
}

Error refusal(const std::vector<std::byte>& octets, TpduDirection direction,
              RpMessage carrier = RpMessage::data_or_ack) {
  const auto tpdu = decode_tpdu(octets, direction, carrier);
  EXPECT_FALSE(tpdu.ok());
  return tpdu.ok() ? Error{} : tpdu.error();
}

std::string text(const TpAddress& address) {
  std::string out(address_text_bound, '?');
  out.resize(address_to_text(address, out));
  return out;
}

// 9.2.2.1; time 2026-11-22 01:02:03, zone +1 hour: 4 quarters, tens in the low half.
TEST(Tpdu, reads_a_deliver) {
  const auto octets = hex("e0 0c91447700091032 40 f1 62112210203040 05 e8329bfd06");
  const Tpdu t = read(octets, sc_to_ms);
  EXPECT_EQ(t.type, TpduType::deliver);
  EXPECT_TRUE(t.reply_path);
  EXPECT_TRUE(t.user_data_header);
  EXPECT_TRUE(t.status_report_indication);
  EXPECT_FALSE(t.loop_prevention);
  EXPECT_TRUE(t.more_messages_to_send);
  ASSERT_TRUE(t.address.has_value());
  EXPECT_EQ(t.address->type_of_number, 1);
  EXPECT_EQ(t.address->numbering_plan, 1);
  EXPECT_EQ(text(*t.address), "447700900123");
  EXPECT_EQ(t.protocol_identifier, 0x40);
  EXPECT_EQ(t.data_coding_scheme, 0xF1);
  const TpTime& time = t.service_centre_time_stamp;
  EXPECT_TRUE(time.valid);
  EXPECT_EQ(time.year, 26);
  EXPECT_EQ(time.month, 11);
  EXPECT_EQ(time.day, 22);
  EXPECT_EQ(time.hour, 1);
  EXPECT_EQ(time.minute, 2);
  EXPECT_EQ(time.second, 3);
  EXPECT_EQ(time.zone_minutes, 60);
  EXPECT_EQ(t.user_data_length, 5);
  EXPECT_EQ(to_hex(t.user_data), "e8329bfd06");
  EXPECT_FALSE(t.message_reference.has_value());
  EXPECT_FALSE(t.failure_cause.has_value());
}

TEST(Tpdu, tp_mms_and_tp_lp) {
  const Tpdu t = read(hex("0c 0491 2143 00 00 62112210203040 00"), sc_to_ms);
  EXPECT_FALSE(t.more_messages_to_send);  // 1: no more messages
  EXPECT_TRUE(t.loop_prevention);
}

// 9.2.3.11: bit 3 of the zone octet is the sign: -3.5 hours is 14 quarters, 0x41 with the sign 0x49.
TEST(Tpdu, reads_zones_west_of_greenwich_and_times_that_are_none) {
  EXPECT_EQ(
      read(hex("04 0491 2143 00 00 62112210203049 00"), sc_to_ms).service_centre_time_stamp.zone_minutes,
      -210);
  EXPECT_FALSE(read(hex("04 0491 2143 00 00 62312210203000 00"), sc_to_ms).service_centre_time_stamp.valid);
  EXPECT_FALSE(read(hex("04 0491 2143 00 00 f2112210203000 00"), sc_to_ms).service_centre_time_stamp.valid);
  EXPECT_FALSE(read(hex("04 0491 2143 00 00 00000000000000 00"), sc_to_ms).service_centre_time_stamp.valid);
}

// 9.2.3.1: an MS processes the reserved value as if it were an SMS-DELIVER.
TEST(Tpdu, the_reserved_mti_is_a_deliver_to_the_ms_and_nothing_to_the_sc) {
  const Tpdu t = read(hex("07 0491 2143 00 00 62112210203040 00"), sc_to_ms);
  EXPECT_EQ(t.type, TpduType::deliver);
  EXPECT_EQ(t.message_type_indicator, 3);
  EXPECT_EQ(refusal(hex("07 0491 2143 00 00 62112210203040 00"), ms_to_sc),
            (Error{Layer::tpdu, Reason::unknown_type, 0}));
}

TEST(Tpdu, reads_a_submit_with_each_validity_period_format) {
  const Tpdu none = read(hex("25 07 0491 2143 00 04 02 0102"), ms_to_sc);
  EXPECT_EQ(none.type, TpduType::submit);
  EXPECT_EQ(none.message_reference, 7);
  EXPECT_TRUE(none.status_report_request);
  EXPECT_TRUE(none.reject_duplicates);
  EXPECT_EQ(none.validity_period.format, ValidityPeriod::Format::none);
  EXPECT_EQ(to_hex(none.user_data), "0102");

  // 9.2.3.12.1: 143 -> 12 h, 167 -> 24 h, 168 -> 2 days, 196 -> 30 days, 197 -> 5 weeks, 255 -> 63 weeks
  const auto relative = [](const char* value) {
    return *read(hex(std::string("11 07 0491 2143 00 04 ") + value + " 00"), ms_to_sc)
                .validity_period.seconds;
  };
  EXPECT_EQ(relative("00"), 300U);
  EXPECT_EQ(relative("8f"), 12U * 3600);
  EXPECT_EQ(relative("90"), 12U * 3600 + 1800);
  EXPECT_EQ(relative("a7"), 24U * 3600);
  EXPECT_EQ(relative("a8"), 2U * 86400);
  EXPECT_EQ(relative("c4"), 30U * 86400);
  EXPECT_EQ(relative("c5"), 35U * 86400);
  EXPECT_EQ(relative("ff"), 441U * 86400);

  const Tpdu absolute = read(hex("19 07 0491 2143 00 04 62112210203040 01 aa"), ms_to_sc);
  EXPECT_EQ(absolute.validity_period.format, ValidityPeriod::Format::absolute);
  EXPECT_EQ(absolute.validity_period.until.hour, 1);
  EXPECT_EQ(to_hex(absolute.user_data), "aa");
}

// 9.2.3.12.3
TEST(Tpdu, reads_the_enhanced_validity_period) {
  const auto enhanced = [](const char* octets) {
    return read(hex(std::string("09 07 0491 2143 00 04 ") + octets + " 01 aa"), ms_to_sc).validity_period;
  };
  EXPECT_FALSE(enhanced("00 000000000000").seconds.has_value());
  EXPECT_TRUE(enhanced("40 000000000000").single_shot);
  EXPECT_EQ(enhanced("01 a7 0000000000").seconds, 86400U);
  EXPECT_EQ(enhanced("02 2d 0000000000").seconds, 45U);
  EXPECT_EQ(enhanced("03 102030 000000").seconds, 1U * 3600 + 2 * 60 + 3);
  EXPECT_FALSE(enhanced("03 ff2030 000000").seconds.has_value());
  EXPECT_FALSE(enhanced("81 a7 0000000000").seconds.has_value());
  EXPECT_EQ(enhanced("02 2d 0000000000").format, ValidityPeriod::Format::enhanced);
}

TEST(Tpdu, reads_a_status_report_short_and_long) {
  const Tpdu brief = read(hex("26 2a 0c91447700091032 62112210203040 62112210304040 46"), sc_to_ms);
  EXPECT_EQ(brief.type, TpduType::status_report);
  EXPECT_TRUE(brief.status_report_qualifier);
  EXPECT_EQ(brief.message_reference, 0x2A);
  EXPECT_EQ(text(*brief.address), "447700900123");
  EXPECT_EQ(brief.discharge_time.minute, 3);
  EXPECT_EQ(brief.status, 0x46);
  EXPECT_FALSE(brief.parameter_indicator.has_value());
  EXPECT_FALSE(brief.user_data_length.has_value());

  const Tpdu full = read(hex("06 2a 0491 2143 62112210203040 62112210304040 00 07 01 04 02 0102"), sc_to_ms);
  EXPECT_EQ(full.parameter_indicator, 7);
  EXPECT_EQ(full.protocol_identifier, 1);
  EXPECT_EQ(full.data_coding_scheme, 4);
  EXPECT_EQ(to_hex(full.user_data), "0102");
}

TEST(Tpdu, reads_a_command) {
  const Tpdu t = read(hex("22 2a 00 02 07 0491 2143 03 010203"), ms_to_sc);
  EXPECT_EQ(t.type, TpduType::command);
  EXPECT_TRUE(t.status_report_request);
  EXPECT_EQ(t.command_type, 2);
  EXPECT_EQ(t.message_number, 7);
  EXPECT_EQ(text(*t.address), "1234");
  EXPECT_EQ(to_hex(t.command_data), "010203");
}

// 9.2.2.1a (i) in an RP-ERROR, (ii) in an RP-ACK
TEST(Tpdu, a_deliver_report_has_a_failure_cause_in_an_error_only) {
  const Tpdu refused = read(hex("00 d3 00"), ms_to_sc, RpMessage::error);
  EXPECT_EQ(refused.type, TpduType::deliver_report);
  EXPECT_EQ(refused.failure_cause, 0xD3);
  const Tpdu accepted = read(hex("00 07 7f f6 02 0102"), ms_to_sc);
  EXPECT_FALSE(accepted.failure_cause.has_value());
  EXPECT_EQ(accepted.protocol_identifier, 0x7F);
  EXPECT_EQ(accepted.data_coding_scheme, 0xF6);
  EXPECT_EQ(to_hex(accepted.user_data), "0102");
}

TEST(Tpdu, a_submit_report_has_its_time_after_tp_pi) {
  const Tpdu refused = read(hex("01 c5 01 62112210203040 05"), sc_to_ms, RpMessage::error);
  EXPECT_EQ(refused.type, TpduType::submit_report);
  EXPECT_EQ(refused.failure_cause, 0xC5);
  EXPECT_EQ(refused.service_centre_time_stamp.day, 22);
  EXPECT_EQ(refused.protocol_identifier, 5);
  const Tpdu accepted = read(hex("01 00 62112210203040"), sc_to_ms);
  EXPECT_FALSE(accepted.failure_cause.has_value());
  EXPECT_TRUE(accepted.service_centre_time_stamp.valid);
}

// 9.2.3.27: bit 7 announces another octet of TP-PI; reserved bits are ignored.
TEST(Tpdu, skips_extensions_of_tp_pi) {
  const Tpdu t = read(hex("00 f9 80 00 42"), ms_to_sc);
  EXPECT_EQ(t.protocol_identifier, 0x42);
  EXPECT_FALSE(t.data_coding_scheme.has_value());
}

// TP-UDL alone: the coding is that of TP-DCS 0, septets.
TEST(Tpdu, user_data_without_a_coding_scheme_are_septets) {
  const Tpdu t = read(hex("00 04 05 e8329bfd06"), ms_to_sc);
  EXPECT_EQ(t.user_data_length, 5);
  EXPECT_EQ(to_hex(t.user_data), "e8329bfd06");
}

// 9.1.2.5, 9.1.2.3
TEST(Tpdu, reads_addresses_of_every_kind) {
  const auto sender = [](const char* address) {
    return text(*read(hex(std::string("04 ") + address + " 00 00 62112210203040 00"), sc_to_ms).address);
  };
  EXPECT_EQ(sender("00 80"), "");
  EXPECT_EQ(sender("03 81 21f3"), "123");
  EXPECT_EQ(sender("0f 81 1032547698badcfe"), "0123456789*#abc");
  EXPECT_EQ(sender("06 81 21f343"), "123");              // 1111 ends the digits
  EXPECT_EQ(sender("07 d0 c161b308"), "ACME");           // 28 bits
  EXPECT_EQ(sender("0d d0 c16030180c0601"), "AAAAAAA");  // 49 bits take 13 semi-octets
  EXPECT_EQ(sender("0e d0 c16030180c0601"), "AAAAAAA@");
  EXPECT_EQ(sender("02 d0 00"), "@");
}

TEST(Tpdu, octets_after_the_user_data_are_left_alone) {
  EXPECT_EQ(to_hex(read(hex("04 0491 2143 00 00 62112210203040 01 41 dead"), sc_to_ms).user_data), "41");
}

TEST(Tpdu, of_user_data_shorter_than_their_length_what_is_there_is_given) {
  const Tpdu septets = read(hex("04 0491 2143 00 00 62112210203040 05 e8329bfd"), sc_to_ms);
  EXPECT_EQ(septets.cut, (Error{Layer::tpdu, Reason::truncated, 19}));
  EXPECT_EQ(text(*septets.address), "1234");
  EXPECT_EQ(to_hex(septets.user_data), "e8329bfd");
  EXPECT_EQ(septets.user_data_length, 4);  // 32 bits hold four septets
  const Tpdu octets = read(hex("04 0491 2143 00 08 62112210203040 05 e8329bfd"), sc_to_ms);
  EXPECT_EQ(octets.cut, (Error{Layer::tpdu, Reason::truncated, 19}));
  EXPECT_EQ(octets.user_data_length, 4);
  EXPECT_EQ(refusal({}, sc_to_ms), (Error{Layer::tpdu, Reason::truncated, 0}));
}

TEST(Tpdu, a_field_that_is_cut_is_absent) {
  const Tpdu t = read(hex("01 07 0491 2143 20"), ms_to_sc);
  EXPECT_EQ(t.cut, (Error{Layer::tpdu, Reason::truncated, 7}));
  EXPECT_EQ(text(*t.address), "1234");
  EXPECT_EQ(t.protocol_identifier, 0x20);
  EXPECT_FALSE(t.data_coding_scheme.has_value());
  EXPECT_FALSE(t.user_data_length.has_value());
}

// 9.2.3.1 and TS 24.011 8.2.5: reports answer, what is no report does not.
TEST(Tpdu, what_its_carrier_does_not_carry_is_refused) {
  const Error bad_type{Layer::tpdu, Reason::bad_value, 0};
  const auto submit_report = hex("01 00 62112210203040");
  EXPECT_EQ(refusal(submit_report, sc_to_ms, RpMessage::data), bad_type);
  EXPECT_EQ(read(submit_report, sc_to_ms, RpMessage::ack).type, TpduType::submit_report);
  EXPECT_EQ(refusal(hex("00 00"), ms_to_sc, RpMessage::data), bad_type);
  EXPECT_EQ(read(hex("00 00"), ms_to_sc, RpMessage::ack).type, TpduType::deliver_report);
  const auto deliver = hex("04 0491 2143 00 00 62112210203040 00");
  EXPECT_EQ(refusal(deliver, sc_to_ms, RpMessage::ack), bad_type);
  EXPECT_EQ(refusal(deliver, sc_to_ms, RpMessage::error), bad_type);
  EXPECT_EQ(read(deliver, sc_to_ms, RpMessage::data).type, TpduType::deliver);
}

TEST(Tpdu, every_cut_is_told_and_every_damage_stays_inside) {
  const struct {
    const char* octets;
    TpduDirection direction;
    RpMessage carrier;
  } whole[] = {
      {"44 07d0c161b308 00 00 62112210203040 0e 050003070201 82c16030180c06", sc_to_ms,
       RpMessage::data_or_ack},
      {"59 07 0491 2143 00 08 62112210203040 0b 0a 0003070201 2401032501", ms_to_sc, RpMessage::data_or_ack},
      {"09 07 0491 2143 00 04 03 102030 000000 02 0102", ms_to_sc, RpMessage::data_or_ack},
      {"22 2a 00 02 07 0491 2143 03 010203", ms_to_sc, RpMessage::data_or_ack},
      {"00 d3 07 00 f1 05 e8329bfd06", ms_to_sc, RpMessage::error},
      {"01 c5 07 62112210203040 05 08 02 0041", sc_to_ms, RpMessage::error},
  };
  for (const auto& each : whole) {
    const auto octets = hex(each.octets);
    EXPECT_TRUE(decode_tpdu(octets, each.direction, each.carrier).ok()) << each.octets;
    for (std::size_t length = 0; length < octets.size(); ++length) {
      const auto cut = decode_tpdu(Octets{octets}.first(length), each.direction, each.carrier);
      EXPECT_TRUE(!cut.ok() || cut->cut) << length;
    }
    test::mangle(octets, [&](Octets input, Trace* trace) {
      return decode_tpdu(input, each.direction, each.carrier, trace);
    });
  }
}

}  // namespace
}  // namespace tollgate::decode
