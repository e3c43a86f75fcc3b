#include <gtest/gtest.h>

#include "traffic/content.hpp"
#include "traffic/encode_ber.hpp"
#include "traffic/encode_map.hpp"
#include "traffic/encode_net.hpp"
#include "traffic/encode_sccp.hpp"
#include "traffic/encode_sctp.hpp"
#include "traffic/encode_sigtran.hpp"
#include "traffic/encode_smpp.hpp"
#include "traffic/encode_text.hpp"
#include "traffic/encode_tpdu.hpp"

namespace tollgate::traffic {
namespace {

TEST(Encoders, the_internet_checksum_is_that_of_rfc_1071_section_3) {
  const Bytes example{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(checksum(ones_complement_sum(example.span())), 0x220d);
}

TEST(Encoders, crc32c_of_32_zeros_is_that_of_rfc_3720_b_4) {
  Bytes zeros;
  zeros.fill(32);
  sctp::finish(zeros);
  EXPECT_EQ(hex(zeros.span(8, 4)), "aa36918a");
}

TEST(Encoders, a_length_of_201_is_that_of_x_690_8_1_3_5) {
  Bytes contents;
  contents.fill(201);
  Bytes out;
  Ber(out).primitive(0x04, contents.span());
  EXPECT_EQ(hex(out.span(0, 3)), "0481c9");
}

TEST(Encoders, integers_take_the_fewest_octets) {
  Bytes out;
  Ber ber(out);
  ber.integer(0x02, 127);
  ber.integer(0x02, 128);
  ber.integer(0x02, -128);
  EXPECT_EQ(hex(out.span()),
            "02017f"
            "02020080"
            "020180");
}

TEST(Encoders, an_indefinite_element_ends_with_end_of_contents) {
  Bytes out;
  Ber ber(out, LengthForm::indefinite);
  ber.constructed(0x30, [&] { ber.null(); });
  EXPECT_EQ(hex(out.span()), "308005000000");
}

TEST(Encoders, a_constructed_element_may_have_a_longer_length_than_needed) {
  Bytes out;
  Ber ber(out, LengthForm::long_form);
  ber.constructed(0x30, [&] { ber.raw(Bytes{0x05, 0x00}.span()); });
  EXPECT_EQ(hex(out.span()), "3081020500");
}

TEST(Encoders, the_routing_label_has_14_14_and_4_bits_with_the_low_octet_first) {
  Bytes out;
  mtp3(out, {.opc = 2, .dpc = 1, .sls = 3}, service_indicator_sccp, {});
  EXPECT_EQ(hex(out.span()),
            "83"
            "01800030");  // Q.704 figure 3
}

TEST(Encoders, a_global_title_of_indicator_4_has_tt_plan_scheme_and_nature) {
  Bytes out;
  SccpAddress party;
  party.digits = "447700900";  // odd: scheme 1
  party.ssn = 8;
  sccp::address(out, party);
  EXPECT_EQ(hex(out.span()),
            "1208"
            "001104"
            "4477000900");
}

TEST(Encoders, udt_pointers_count_from_themselves) {
  Bytes out;
  sccp::Message message;
  message.called.global_title_indicator = message.calling.global_title_indicator = 0;
  message.called.ssn = message.calling.ssn = 6;
  const Bytes data{0xaa, 0xbb};
  message.data = data.span();
  sccp::message(out, message);
  EXPECT_EQ(hex(out.span()),
            "0901"
            "03"
            "05"
            "07"
            "020206"
            "020206"
            "02aabb");
}

TEST(Encoders, the_context_of_mt_forward_sm_is_0_4_0_0_1_0_25_3) {
  EXPECT_EQ(hex(map::context_oid(map::short_msg_mt_relay, 3).span()), "04000001001903");
}

TEST(Encoders, hello_packs_as_everyone_packs_it) {
  Bytes out;
  pack(out, to_septets("hellohello").span());
  EXPECT_EQ(hex(out.span()), "e8329bfd4697d9ec37");
}

TEST(Encoders, the_euro_sign_takes_two_septets) {
  EXPECT_EQ(hex(to_septets("€").span()), "1b65");  // TS 23.038 6.2.1.1
}

TEST(Encoders, national_tables_are_those_of_annex_a) {
  EXPECT_EQ(hex(to_septets("ğ", 1, 0).span()), "0c");    // A.3.1
  EXPECT_EQ(hex(to_septets("á", 0, 2).span()), "1b61");  // A.2.2
  EXPECT_EQ(hex(to_septets("∞", 3, 0).span()), "15");    // A.3.3
  EXPECT_EQ(hex(to_septets("क", 6, 0).span()), "15");    // A.3.6
  EXPECT_EQ(hex(to_septets("ا", 13, 0).span()), "00");   // A.3.13
}

TEST(Encoders, every_language_table_has_128_codes_and_an_escape) {
  for (unsigned language = 0; language <= last_language; ++language) {
    EXPECT_EQ(locking_table(language).size(), 128U) << language;
    EXPECT_EQ(single_table(language).size(), 128U) << language;
    EXPECT_EQ(locking_table(language)[0x1b], 0x1bU) << language;
    EXPECT_EQ(locking_table(language)[0x30], U'0') << language;
    EXPECT_EQ(single_table(language)[0x65], U'€') << language;
  }
}

TEST(Encoders, an_alphanumeric_address_counts_useful_semi_octets) {
  Bytes out;
  tp_address(out, {"Design@Home", ton_alphanumeric, 0});
  EXPECT_EQ(hex(out.span()), "14d0c4f23c7d760390ef7619");
}

TEST(Encoders, a_header_is_padded_to_a_septet) {
  UserData data;
  data.text = "A";
  information_element(data.header, 0x00, {7, 2, 1});
  Bytes out;
  user_data(out, data);
  EXPECT_EQ(hex(out.span()),
            "08"
            "050003070201"
            "82");  // 7 septets of header, 1 of text, 1 bit of padding
}

TEST(Encoders, characters_beyond_the_bmp_are_surrogate_pairs) {
  EXPECT_EQ(hex(to_utf16("😀").span()), "d83dde00");
}

TEST(Encoders, enquire_link_is_a_header_alone) {
  Bytes out;
  smpp::pdu(out, smpp::enquire_link, 0, 1, [](Bytes&) {});
  EXPECT_EQ(hex(out.span()), "00000010000000150000000000000001");
}

}  // namespace
}  // namespace tollgate::traffic
