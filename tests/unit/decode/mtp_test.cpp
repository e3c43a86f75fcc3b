#include <gtest/gtest.h>

#include "decode/m2pa.hpp"
#include "decode/m2ua.hpp"
#include "decode/mtp2.hpp"
#include "decode/mtp3.hpp"
#include "support/hex.hpp"
#include "support/mangle.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::hex;
using test::to_hex;

// A UDT with called SSN 8 and calling SSN 6, to stand behind labels of three kinds.
const std::string udt = "09 00 03 05 07 024208 024206 02aabb";

TEST(Mtp3, reads_the_itu_label) {
  // Q.704 14.2: NI 2, SI 3. Label: SLS 10, OPC 2000, DPC 1000: 0xa 07d0<<14 | 03e8 = 0xa1f403e8, low first.
  const auto input = hex("83 e803f4a1 0102");
  const auto message = mtp3::decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->si, 3);
  EXPECT_EQ(message->ni, 2);
  EXPECT_EQ(message->dpc, 1000U);
  EXPECT_EQ(message->opc, 2000U);
  EXPECT_EQ(message->sls, 10);
  EXPECT_EQ(to_hex(message->user_data), "0102");
}

TEST(Mtp3, reads_ansi_and_japanese_labels) {
  // T1.111.4: member, cluster, network. 1-2-3 is 0x010203.
  const auto ansi = mtp3::decode(hex("b3 030201 060504 1f aa"), mtp3::Variant::ansi);
  ASSERT_TRUE(ansi);
  EXPECT_EQ(ansi->dpc, 0x010203U);
  EXPECT_EQ(ansi->opc, 0x040506U);
  EXPECT_EQ(ansi->sls, 0x1f);
  EXPECT_EQ(ansi->priority, 3);
  EXPECT_EQ(ansi->user_data.size(), 1U);
  const auto japan = mtp3::decode(hex("03 0201 0403 05 aa"), mtp3::Variant::japan);
  ASSERT_TRUE(japan);
  EXPECT_EQ(japan->dpc, 0x0102U);
  EXPECT_EQ(japan->opc, 0x0304U);
  EXPECT_EQ(japan->sls, 5);
}

TEST(Mtp3, recognises_the_variant_by_where_a_sound_sccp_message_stands) {
  EXPECT_EQ(mtp3::recognise(hex("83 e803f4a1" + udt)), mtp3::Variant::itu);
  EXPECT_EQ(mtp3::recognise(hex("83 e803 f4a1 05" + udt)), mtp3::Variant::japan);
  EXPECT_EQ(mtp3::recognise(hex("83 030201 060504 05" + udt)), mtp3::Variant::ansi);
  EXPECT_EQ(mtp3::recognise(hex("85 030201 060504 05" + udt)), mtp3::Variant::itu) << "ISUP tells nothing";
  EXPECT_EQ(mtp3::recognise({}), mtp3::Variant::itu);
}

TEST(Mtp3, refuses_a_cut_label) {
  EXPECT_EQ(mtp3::decode({}).error(), (Error{Layer::mtp3, Reason::truncated, 0}));
  EXPECT_EQ(mtp3::decode(hex("83e803f4")).error().reason, Reason::truncated);
  EXPECT_EQ(mtp3::decode(hex("83030201060504"), mtp3::Variant::ansi).error().reason, Reason::truncated);
  for (const auto variant : {mtp3::Variant::itu, mtp3::Variant::ansi, mtp3::Variant::japan})
    test::mangle(hex("83030201060504" + udt),
                 [&](Octets input, Trace* trace) { return mtp3::decode(input, variant, trace); });
}

TEST(Mtp2, reads_the_three_signal_units) {
  const auto fisu = mtp2::decode(hex("85 06 00"));
  ASSERT_TRUE(fisu);
  EXPECT_EQ(fisu->signal_unit, mtp2::SignalUnit::fill_in);
  EXPECT_EQ(fisu->bsn, 5);
  EXPECT_TRUE(fisu->bib);
  EXPECT_EQ(fisu->fsn, 6);
  EXPECT_FALSE(fisu->fib);
  const auto status = hex("ff ff 01 03");
  const auto lssu = mtp2::decode(status);
  ASSERT_TRUE(lssu);
  EXPECT_EQ(lssu->signal_unit, mtp2::SignalUnit::link_status);
  EXPECT_EQ(to_hex(lssu->status), "03");
  const auto message = hex("85 06 06 85 01800090 ff");
  const auto msu = mtp2::decode(message);
  ASSERT_TRUE(msu);
  EXPECT_EQ(msu->signal_unit, mtp2::SignalUnit::message);
  EXPECT_FALSE(msu->has_fcs);
  EXPECT_EQ(to_hex(msu->mtp3), "8501800090ff");
}

TEST(Mtp2, leaves_out_check_bits_and_refuses_wrong_ones) {
  // Computed with another program's CRC-16/X.25, whose published check value 0x906e it gives.
  const auto fisu = hex("00 00 00 ccc6");
  const auto message = mtp2::decode(fisu);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->has_fcs);
  EXPECT_EQ(message->signal_unit, mtp2::SignalUnit::fill_in);
  EXPECT_EQ(mtp2::decode(hex("00 00 00 cdc6")).error().reason, Reason::bad_checksum);
  EXPECT_EQ(mtp2::decode(hex("00 00 00 cc")).error().reason, Reason::bad_length);
  EXPECT_EQ(mtp2::decode(hex("00 00 04 0102")).error().reason, Reason::truncated);
  EXPECT_EQ(mtp2::decode(hex("00 00 3f 0102")).error().reason, Reason::truncated);
  EXPECT_EQ(mtp2::decode(hex("00 00")).error().reason, Reason::truncated);
}

TEST(Mtp2, a_length_indicator_of_63_means_63_or_more) {
  auto input = hex("00 00 3f");
  input.resize(3 + 80, std::byte{0x83});
  const auto message = mtp2::decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->mtp3.size(), 80U);
  test::mangle(hex("85 06 06 85 01800090 ff"),
               [](Octets octets, Trace* trace) { return mtp2::decode(octets, trace); });
}

TEST(Mtp2, takes_no_user_data_for_check_bits_where_the_link_has_none) {
  auto input = hex("00 00 3f");
  input.resize(3 + 70, std::byte{0x83});
  input.push_back(std::byte{0xee});  // by accident the CRC-16/X.25 of what is before, by another program
  input.push_back(std::byte{0xed});
  EXPECT_EQ(mtp2::decode(input)->mtp3.size(), 70U);
  EXPECT_EQ(mtp2::decode(input, mtp2::CheckBits::absent)->mtp3.size(), 72U);
}

TEST(M2pa, reads_user_data) {
  const auto input = hex("01000b01 00000018 00000005 00000007 40 83e803f4a1 0102");
  const auto message = m2pa::decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, m2pa::MessageType::user_data);
  EXPECT_EQ(message->bsn, 5U);
  EXPECT_EQ(message->fsn, 7U);
  EXPECT_EQ(message->priority, 1);
  EXPECT_EQ(to_hex(message->mtp3), "83e803f4a10102");
  EXPECT_TRUE(message->trailing.empty());
}

TEST(M2pa, user_data_without_data_only_acknowledges) {
  const auto input = hex("01000b01 00000010 00ffffff 00000007");
  const auto message = m2pa::decode(input);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->bsn, 0xffffffU);
  EXPECT_TRUE(message->mtp3.empty());
}

TEST(M2pa, reads_link_status) {
  const auto input = hex("01000b02 00000018 00ffffff 00ffffff 00000002 00000000");
  test::RecordingTrace trace;
  const auto message = m2pa::decode(input, &trace);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->status, 2U);
  EXPECT_NE(trace.all().find("M2PA/Link Status State = 2 (Proving Normal)"), std::string::npos);
}

TEST(M2pa, refuses_other_classes_and_cut_messages) {
  EXPECT_EQ(m2pa::decode(hex("01000101 00000010 00000000 00000000")).error().reason, Reason::unknown_type);
  EXPECT_EQ(m2pa::decode(hex("01000b03 00000010 00000000 00000000")).error().reason, Reason::unknown_type);
  EXPECT_EQ(m2pa::decode(hex("01000b01 0000000c 00000000")).error().reason, Reason::truncated);
  EXPECT_EQ(m2pa::decode(hex("01000b02 00000010 00000000 00000000")).error().reason, Reason::truncated);
  EXPECT_EQ(m2pa::decode(hex("02000b01 00000010 00000000 00000000")).error().reason, Reason::bad_version);
  test::mangle(hex("01000b01 00000018 00000005 00000007 40 83e803f4a1 0102"),
               [](Octets input, Trace* trace) { return m2pa::decode(input, trace); });
}

TEST(M2ua, reads_data_of_every_kind) {
  struct Case {
    std::string_view octets;
    int priority;
  };
  const Case cases[] = {
      {"01000601 0000001c 0001 0008 00000003 0300 000b 83e803f4a10102 00", 0},
      {"01000601 0000001c 0001 0008 00000003 0301 000c 8783e803f4a10102", 2},   // TTC: length indicator first
      {"01000601 0000001c 0001 0008 00000003 000d 000b 83e803f4a10102 00", 0},  // drafts before the RFC
  };
  for (const Case& c : cases) {
    const auto input = hex(c.octets);
    const auto message = m2ua::decode(input);
    ASSERT_TRUE(message) << c.octets;
    EXPECT_EQ(message->interface_identifier, 3U);
    EXPECT_EQ(message->priority, c.priority) << c.octets;
    EXPECT_EQ(to_hex(message->mtp3), "83e803f4a10102") << c.octets;
    test::mangle(input, [](Octets octets, Trace* trace) { return m2ua::decode(octets, trace); });
  }
}

TEST(M2ua, reads_other_messages_and_refuses_unsound_ones) {
  const auto establish = hex("01000602 00000010 0001 0008 00000003");
  test::RecordingTrace trace;
  ASSERT_TRUE(m2ua::decode(establish, &trace));
  EXPECT_NE(trace.all().find("Message Type = 2 (Establish Request)"), std::string::npos) << trace.all();
  const auto notify = hex("01000001 00000010 000d 0008 00010003");  // here 0x000d is Status
  ASSERT_TRUE(m2ua::decode(notify));
  EXPECT_TRUE(m2ua::decode(notify)->mtp3.empty());
  EXPECT_EQ(m2ua::decode(hex("01000601 00000008")).error().reason, Reason::missing_field);
  EXPECT_EQ(m2ua::decode(hex("01000101 00000008")).error().reason, Reason::unknown_type);
  EXPECT_EQ(m2ua::decode(hex("01000601 00000018 0300 0008 83000000 0300 0008 83000000")).error().reason,
            Reason::too_many);
}

}  // namespace
}  // namespace tollgate::decode
