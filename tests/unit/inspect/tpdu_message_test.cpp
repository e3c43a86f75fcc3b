#include "inspect/tpdu_message.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::inspect {
namespace {

using decode::TpduDirection;
using test::hex;

struct Reading {
  Message message;
  Arena arena;
  Counters counters;

  void read(Octets octets, TpduDirection direction) {
    const auto tpdu = decode::decode_tpdu(octets, direction);
    ASSERT_TRUE(tpdu.ok());
    read_tpdu_message(*tpdu, message, arena, counters);
  }
};

TEST(TpduMessage, the_sender_of_a_deliver_is_tp_oa) {
  const auto octets = hex("04 0c 91 447700091032 00 00 62112212000000 05 e8329bfd06");
  Reading r;
  r.read(octets, TpduDirection::sc_to_ms);
  EXPECT_TRUE(r.message.sender.present);
  EXPECT_EQ(r.message.sender.address, "447700900123");
  EXPECT_EQ(r.message.sender.type, NumberType::international);
  EXPECT_EQ(r.message.sender.ton, 1);
  EXPECT_EQ(r.message.sender.npi, 1);
  EXPECT_FALSE(r.message.recipient.present);
  EXPECT_EQ(r.message.pid, 0);
  EXPECT_EQ(r.message.dcs, 0);
  EXPECT_EQ(r.message.text, "hello");
}

TEST(TpduMessage, an_alphanumeric_sender_is_text) {
  // "ACME": 41 43 4d 45, packed in 28 bits, 7 semi-octets
  const auto octets = hex("04 07 d0 c161b308 00 00 62112212000000 00");
  Reading r;
  r.read(octets, TpduDirection::sc_to_ms);
  EXPECT_EQ(r.message.sender.address, "ACME");
  EXPECT_EQ(r.message.sender.type, NumberType::alphanumeric);
  EXPECT_TRUE(r.message.has_text);
}

TEST(TpduMessage, the_recipient_of_a_submit_is_tp_da) {
  const auto octets = hex("01 2a 0b a1 7700091032f4 00 08 02 0041");
  Reading r;
  r.read(octets, TpduDirection::ms_to_sc);
  EXPECT_FALSE(r.message.sender.present);
  EXPECT_EQ(r.message.recipient.address, "77009001234");
  EXPECT_EQ(r.message.recipient.type, NumberType::national);
  EXPECT_EQ(r.message.text, "A");
  EXPECT_EQ(r.message.tpdu.type, "SMS-SUBMIT");
  EXPECT_EQ(r.message.tpdu.message_reference, 42);
  EXPECT_FALSE(r.message.tpdu.status.has_value());
}

TEST(TpduMessage, a_status_report_is_from_the_recipient_it_tells_of) {
  const auto octets = hex("06 2a 0c 91 447700091032 62112212000000 62112212100000 46");
  Reading r;
  r.read(octets, TpduDirection::sc_to_ms);
  EXPECT_EQ(r.message.sender.address, "447700900123");
  EXPECT_FALSE(r.message.has_text);
  EXPECT_EQ(r.message.coding, Coding::none);
  EXPECT_FALSE(r.message.dcs.has_value());
  EXPECT_EQ(r.message.tpdu.type, "SMS-STATUS-REPORT");
  EXPECT_EQ(r.message.tpdu.message_reference, 42);
  EXPECT_EQ(r.message.tpdu.status, 0x46);  // SM Validity Period Expired
}

TEST(TpduMessage, a_command_says_which) {
  const auto octets = hex("02 2a 00 02 2b 0c 91 447700091032 00");
  Reading r;
  r.read(octets, TpduDirection::ms_to_sc);
  EXPECT_EQ(r.message.tpdu.type, "SMS-COMMAND");
  EXPECT_EQ(r.message.tpdu.command_type, 2);  // delete
  EXPECT_EQ(r.message.recipient.address, "447700900123");
}

TEST(TpduMessage, a_report_in_an_error_says_why) {
  const auto octets = hex("00 d0 00");
  Reading r;
  read_tpdu(octets, TpduDirection::ms_to_sc, decode::RpMessage::error, r.message, r.arena, r.counters,
            nullptr);
  EXPECT_EQ(r.message.tpdu.type, "SMS-DELIVER-REPORT");
  EXPECT_EQ(r.message.tpdu.failure_cause, 0xd0);
  EXPECT_FALSE(r.message.tpdu.message_reference.has_value());
}

TEST(TpduMessage, octets_after_the_user_data_are_counted_and_are_no_text) {
  const auto octets = hex("04 0c 91 447700091032 00 00 62112212000000 05 e8329bfd06 c8c8");
  for (const bool whole : {true, false}) {
    Reading r;
    read_tpdu(Octets{octets}.first(octets.size() - (whole ? 2 : 0)), TpduDirection::sc_to_ms,
              decode::RpMessage::data_or_ack, r.message, r.arena, r.counters, nullptr);
    EXPECT_EQ(r.message.text, "hello");
    EXPECT_EQ(r.counters.of(decode::Layer::tpdu, decode::Reason::trailing_octets), whole ? 0U : 1U);
  }
}

}  // namespace
}  // namespace tollgate::inspect
