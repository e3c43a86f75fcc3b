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
}

TEST(TpduMessage, a_status_report_is_from_the_recipient_it_tells_of) {
  const auto octets = hex("06 2a 0c 91 447700091032 62112212000000 62112212100000 00");
  Reading r;
  r.read(octets, TpduDirection::sc_to_ms);
  EXPECT_EQ(r.message.sender.address, "447700900123");
  EXPECT_FALSE(r.message.has_text);
  EXPECT_EQ(r.message.coding, Coding::none);
  EXPECT_FALSE(r.message.dcs.has_value());
}

}  // namespace
}  // namespace tollgate::inspect
