#include "inspect/user_data.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::inspect {
namespace {

using test::hex;
using test::to_hex;

struct Reading {
  Message message;
  Arena arena;
  Counters counters;

  void read(const UserData& user_data) { read_user_data(user_data, message, arena, counters); }
};

// "hello" packed as TS 23.038 6.1.2.1.1 has it; TP-UDL 5.
TEST(UserData, reads_packed_text) {
  const auto octets = hex("e8329bfd06");
  Reading r;
  r.read({.dcs = 0, .length = 5, .octets = octets});
  EXPECT_EQ(r.message.coding, Coding::gsm7);
  EXPECT_TRUE(r.message.has_text);
  EXPECT_EQ(r.message.text, "hello");
  EXPECT_TRUE(r.message.udh.empty());
  EXPECT_EQ(r.message.parts.total, 0);
}

// A header of 6 octets takes 7 septets with one fill bit: 'A' (0x41) << 1 = 0x82.
TEST(UserData, text_behind_a_header_begins_at_the_next_septet) {
  const auto octets = hex("050003070201 82");
  Reading r;
  r.read({.dcs = 0, .has_header = true, .length = 8, .octets = octets});
  EXPECT_EQ(r.message.text, "A");
  EXPECT_EQ(to_hex(r.message.udh), "050003070201");
  EXPECT_EQ(r.message.parts.ref, 7);
  EXPECT_EQ(r.message.parts.total, 2);
  EXPECT_EQ(r.message.parts.seq, 1);
  EXPECT_FALSE(r.message.parts.wide);
}

TEST(UserData, smpp_carries_one_septet_an_octet_behind_the_header) {
  const auto octets = hex("060804000703 02 1b65 41");
  Reading r;
  r.read({.dcs = 0, .has_header = true, .length = octets.size(), .octets = octets, .packed = false});
  EXPECT_EQ(r.message.text, "\u20acA");
  EXPECT_TRUE(r.message.parts.wide);
  EXPECT_EQ(r.message.parts.seq, 2);
}

// Element 25 01: locking shift Turkish, in which septet 07 is the dotless i (TS 23.038 A.3.1).
TEST(UserData, national_language_shifts_of_the_header_apply_to_the_text) {
  const auto octets = hex("03250101 07");
  Reading r;
  r.read({.dcs = 0, .has_header = true, .length = octets.size(), .octets = octets, .packed = false});
  EXPECT_EQ(r.message.text, "\u0131");
}

TEST(UserData, reads_ucs2_behind_a_header) {
  const auto octets = hex("050003070202 0041 d83dde00");
  Reading r;
  r.read({.dcs = 8, .has_header = true, .length = octets.size(), .octets = octets});
  EXPECT_EQ(r.message.coding, Coding::ucs2);
  EXPECT_EQ(r.message.text, "A\U0001F600");
}

TEST(UserData, data_to_ports_is_not_text) {
  const auto octets = hex("0605040b8423f0 01060403");
  Reading r;
  r.read({.dcs = 0xF5, .has_header = true, .length = octets.size(), .octets = octets});
  EXPECT_EQ(r.message.coding, Coding::binary);
  EXPECT_FALSE(r.message.has_text);
  EXPECT_EQ(to_hex(r.message.data), "01060403");
  ASSERT_TRUE(r.message.ports.has_value());
  EXPECT_EQ(r.message.ports->destination, 2948);
  EXPECT_EQ(r.message.ports->source, 9200);
  EXPECT_EQ(r.message.message_class, 1);
}

TEST(UserData, compressed_text_stays_octets) {
  const auto octets = hex("010203");
  Reading r;
  r.read({.dcs = 0x20, .length = 3, .octets = octets});
  EXPECT_EQ(r.message.coding, Coding::compressed);
  EXPECT_FALSE(r.message.has_text);
  EXPECT_EQ(to_hex(r.message.data), "010203");
}

TEST(UserData, a_header_longer_than_the_octets_is_counted_and_all_is_data) {
  const auto octets = hex("0900030702");
  Reading r;
  r.read({.dcs = 0, .has_header = true, .length = 5, .octets = octets});
  EXPECT_FALSE(r.message.has_text);
  EXPECT_EQ(to_hex(r.message.data), "0900030702");
  EXPECT_EQ(r.counters.of(decode::Layer::tpdu, decode::Reason::bad_length), 1U);
}

TEST(UserData, a_header_with_broken_elements_is_skipped_and_ignored) {
  const auto octets = hex("0400030702 0041");  // the element wants three octets, two are there
  Reading r;
  r.read({.dcs = 8, .has_header = true, .length = octets.size(), .octets = octets});
  EXPECT_EQ(r.message.text, "A");
  EXPECT_EQ(r.message.parts.total, 0);
  EXPECT_EQ(r.counters.of(Count::ignored_user_data_header), 1U);
}

TEST(UserData, text_without_room_is_counted_and_kept_as_octets) {
  const auto octets = hex("00410042");
  Message message;
  Arena arena{5};
  Counters counters;
  read_user_data({.dcs = 8, .length = 4, .octets = octets}, message, arena, counters);
  EXPECT_FALSE(message.has_text);
  EXPECT_EQ(to_hex(message.data), "00410042");
  EXPECT_EQ(counters.of(Count::lost_text_no_room), 1U);
}

TEST(UserData, no_octets_are_an_empty_text) {
  Reading r;
  r.read({.dcs = 0, .length = 0, .octets = {}});
  EXPECT_TRUE(r.message.has_text);
  EXPECT_EQ(r.message.text, "");
}

}  // namespace
}  // namespace tollgate::inspect
