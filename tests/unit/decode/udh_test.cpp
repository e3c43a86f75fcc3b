#include "decode/udh.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::hex;
using test::to_hex;

/// Keeps the octets, which the views of the header point into.
UserDataHeader read(std::vector<std::byte> input) {
  static std::deque<std::vector<std::byte>> kept;
  const Octets octets = kept.emplace_back(std::move(input));
  const auto header = decode_user_data_header(octets);
  EXPECT_TRUE(header.ok());
  return header.ok() ? *header : UserDataHeader{};
}

TEST(UserDataHeader, reads_concatenation_with_8_and_16_bit_references) {
  const auto narrow = hex("05 00 03 2a 03 02 ffff");
  const auto header = read(narrow);
  EXPECT_EQ(to_hex(header.octets), "0500032a0302");
  ASSERT_TRUE(header.concatenation.has_value());
  EXPECT_EQ(header.concatenation->reference, 0x2A);
  EXPECT_EQ(header.concatenation->total, 3);
  EXPECT_EQ(header.concatenation->sequence, 2);
  EXPECT_FALSE(header.concatenation->wide);

  const auto wide = hex("06 08 04 1234 ff ff");
  ASSERT_TRUE(read(wide).concatenation.has_value());
  EXPECT_EQ(read(wide).concatenation->reference, 0x1234);
  EXPECT_EQ(read(wide).concatenation->total, 255);
  EXPECT_TRUE(read(wide).concatenation->wide);
}

// 9.2.3.24.1: maximum number 0; sequence number 0 or above the maximum: the element is ignored.
TEST(UserDataHeader, ignores_a_concatenation_out_of_range) {
  for (const char* octets :
       {"05 00 03 2a 00 01", "05 00 03 2a 02 00", "05 00 03 2a 02 03", "05 00 03 2a 00 00",
        "06 08 04 0001 02 03", "04 00 02 2a 02", "06 00 04 2a 02 01 00"}) {
    EXPECT_FALSE(read(hex(octets)).concatenation.has_value()) << octets;
  }
}

// 9.2.3.24: of elements that are repeated or exclude each other, the last one is used.
TEST(UserDataHeader, the_last_of_repeated_elements_counts) {
  const auto twice = read(hex("0a 00 03 01 02 01 00 03 09 05 04"));
  EXPECT_EQ(twice.concatenation->reference, 9);
  EXPECT_EQ(twice.concatenation->total, 5);
  const auto widths = read(hex("0b 08 04 0102 03 01 00 03 07 02 02"));
  EXPECT_EQ(widths.concatenation->reference, 7);
  EXPECT_FALSE(widths.concatenation->wide);
  const auto ports = read(hex("0a 05 04 0b84 23f0 04 02 f1 f2"));
  EXPECT_EQ(ports.ports->destination, 0xF1);
  EXPECT_EQ(ports.ports->originator, 0xF2);
}

TEST(UserDataHeader, reads_ports_and_languages) {
  const auto header = read(hex("0c 05 04 0b84 23f0 24 01 0d 25 01 06"));
  EXPECT_EQ(header.ports->destination, 2948);
  EXPECT_EQ(header.ports->originator, 9200);
  EXPECT_TRUE(header.ports->wide);
  EXPECT_EQ(header.language.single_shift, 13);
  EXPECT_EQ(header.language.locking, 6);
}

TEST(UserDataHeader, gives_every_element_in_turn) {
  const auto octets = hex("0a 70 00 00 03 01 02 01 22 01 ff");
  const auto header = read(octets);
  InformationElements elements{header.elements};
  const auto first = elements.next();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->identifier, 0x70);
  EXPECT_TRUE(first->data.empty());
  EXPECT_EQ(to_hex(elements.next()->data), "010201");
  EXPECT_EQ(elements.next()->identifier, 0x22);
  EXPECT_FALSE(elements.next().has_value());
}

// 9.2.3.24: too few or too many octets in the final element: the whole header is ignored.
TEST(UserDataHeader, a_broken_last_element_spoils_them_all) {
  for (const char* octets : {"06 00 03 01 02 01 24", "07 00 03 01 02 01 24 02", "04 00 03 01 02"}) {
    const auto header = read(hex(octets));
    EXPECT_TRUE(header.malformed) << octets;
    EXPECT_FALSE(header.concatenation.has_value()) << octets;
    EXPECT_TRUE(header.elements.empty()) << octets;
  }
}

TEST(UserDataHeader, an_empty_header_is_one) {
  const auto octets = hex("00 41");
  EXPECT_EQ(read(octets).octets.size(), 1U);
  EXPECT_FALSE(read(octets).malformed);
}

TEST(UserDataHeader, refuses_a_length_beyond_the_user_data) {
  const auto cut = decode_user_data_header(hex("06 00 03 01 02 01"));
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().reason, Reason::bad_length);
  EXPECT_EQ(decode_user_data_header({}).error().reason, Reason::truncated);
}

TEST(UserDataHeader, damage_stays_inside) {
  test::mangle(hex("1b 00 03 01 02 01 24 01 03 25 01 03 01 02 80 05 05 04 0b84 23f0 06 01 80 07 01 03"),
               [](Octets octets, Trace* trace) { return decode_user_data_header(octets, trace); });
}

}  // namespace
}  // namespace tollgate::decode
