#include "decode/dcs.hpp"

#include <gtest/gtest.h>

namespace tollgate::decode {
namespace {

// TS 23.038 clause 4, group by group.
TEST(DataCoding, reads_the_general_group) {
  const DataCoding plain = data_coding(0x00);
  EXPECT_EQ(plain.alphabet, Alphabet::gsm7);
  EXPECT_FALSE(plain.compressed);
  EXPECT_FALSE(plain.message_class.has_value());
  EXPECT_TRUE(plain.counts_septets());
  EXPECT_EQ(data_coding(0x04).alphabet, Alphabet::data8);
  EXPECT_EQ(data_coding(0x08).alphabet, Alphabet::ucs2);
  EXPECT_EQ(data_coding(0x10).message_class, 0);
  EXPECT_EQ(data_coding(0x1A).message_class, 2);
  EXPECT_EQ(data_coding(0x1A).alphabet, Alphabet::ucs2);
  EXPECT_FALSE(data_coding(0x03).message_class.has_value());  // bit 4 says that bits 1 and 0 are reserved
}

TEST(DataCoding, reads_compression_which_counts_octets) {
  EXPECT_TRUE(data_coding(0x20).compressed);
  EXPECT_FALSE(data_coding(0x20).counts_septets());
  EXPECT_TRUE(data_coding(0x3F).compressed);
}

TEST(DataCoding, reads_automatic_deletion_like_the_general_group) {
  const DataCoding coding = data_coding(0x59);
  EXPECT_TRUE(coding.automatic_deletion);
  EXPECT_EQ(coding.alphabet, Alphabet::ucs2);
  EXPECT_EQ(coding.message_class, 1);
}

TEST(DataCoding, reads_message_waiting) {
  const DataCoding discard = data_coding(0xC8);
  ASSERT_TRUE(discard.message_waiting.has_value());
  EXPECT_TRUE(discard.message_waiting->active);
  EXPECT_FALSE(discard.message_waiting->store);
  EXPECT_EQ(discard.message_waiting->type, 0);
  EXPECT_EQ(discard.alphabet, Alphabet::gsm7);
  const DataCoding store = data_coding(0xD1);
  EXPECT_TRUE(store.message_waiting->store);
  EXPECT_FALSE(store.message_waiting->active);
  EXPECT_EQ(store.message_waiting->type, 1);
  EXPECT_EQ(data_coding(0xE2).alphabet, Alphabet::ucs2);
  EXPECT_TRUE(data_coding(0xE2).message_waiting->store);
}

TEST(DataCoding, reads_coding_and_class) {
  EXPECT_EQ(data_coding(0xF0).message_class, 0);
  EXPECT_EQ(data_coding(0xF0).alphabet, Alphabet::gsm7);
  EXPECT_EQ(data_coding(0xF6).alphabet, Alphabet::data8);
  EXPECT_EQ(data_coding(0xF6).message_class, 2);
}

// "Any reserved codings shall be assumed to be the GSM 7 bit default alphabet".
TEST(DataCoding, reserved_codings_are_the_default_alphabet) {
  for (const int dcs : {0x0C, 0x4C, 0x80, 0x95, 0xA8, 0xBF}) {
    const DataCoding coding = data_coding(static_cast<std::uint8_t>(dcs));
    EXPECT_TRUE(coding.reserved) << dcs;
    EXPECT_EQ(coding.alphabet, Alphabet::gsm7) << dcs;
    EXPECT_TRUE(coding.counts_septets()) << dcs;
  }
}

}  // namespace
}  // namespace tollgate::decode
