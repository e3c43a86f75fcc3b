#include "cli/trace_tree.hpp"

#include <array>

#include <gtest/gtest.h>

namespace tollgate::cli {
namespace {

class TraceTreeTest : public ::testing::Test {
 protected:
  TraceTreeTest() {
    for (std::size_t i = 0; i < packet.size(); ++i) packet[i] = static_cast<std::byte>(i);
  }
  Octets at(std::size_t offset, std::size_t length) const { return Octets{packet}.subspan(offset, length); }

  std::array<std::byte, 32> packet{};
  TraceTree tree{packet};
};

TEST_F(TraceTreeTest, offsets_count_from_the_start_of_the_packet) {
  tree.begin("Outer", at(0, 32));
  tree.number("Tag", at(4, 2), 0x0405, "");
  tree.end();
  ASSERT_EQ(tree.layers().size(), 1U);
  const auto& outer = tree.layers()[0];
  EXPECT_EQ(outer.kind, TraceTree::Kind::layer);
  EXPECT_FALSE(outer.starts_numbering);
  EXPECT_EQ(outer.offset, 0U);
  ASSERT_EQ(outer.children.size(), 1U);
  EXPECT_EQ(outer.children[0].offset, 4U);
  EXPECT_EQ(outer.children[0].number, 0x0405U);
}

TEST_F(TraceTreeTest, fields_belong_to_the_element_that_is_open) {
  tree.begin("A", at(0, 8));
  tree.begin("A.1", at(2, 4));
  tree.octets("inner", at(3, 1));
  tree.end();
  tree.octets("after", at(6, 1));
  tree.end();
  tree.begin("B", at(8, 8));
  tree.end();
  ASSERT_EQ(tree.layers().size(), 2U);
  const auto& a = tree.layers()[0];
  ASSERT_EQ(a.children.size(), 2U);
  ASSERT_EQ(a.children[0].children.size(), 1U);
  EXPECT_EQ(a.children[0].children[0].name, "inner");
  EXPECT_EQ(a.children[1].name, "after");
  EXPECT_EQ(tree.layers()[1].kind, TraceTree::Kind::layer);
  EXPECT_TRUE(tree.layers()[1].children.empty());
}

TEST_F(TraceTreeTest, an_end_too_many_is_ignored) {
  tree.end();
  tree.octets("field", at(0, 1));
  ASSERT_EQ(tree.layers().size(), 1U);
  EXPECT_EQ(tree.layers()[0].name, "field");
}

TEST_F(TraceTreeTest, octets_from_elsewhere_begin_a_numbering_of_their_own) {
  const std::array<std::byte, 16> whole{};
  const std::array<std::byte, 4> inner{};
  tree.begin("M3UA", whole);
  tree.octets("in it", Octets{whole}.subspan(5, 2));
  tree.begin("SCCP", inner);
  tree.octets("deeper", Octets{inner}.subspan(1, 1));
  tree.end();
  tree.octets("back", Octets{whole}.subspan(7, 2));
  tree.end();
  tree.octets("of the packet", at(9, 1));
  const auto& m3ua = tree.layers()[0];
  EXPECT_TRUE(m3ua.starts_numbering);
  EXPECT_EQ(m3ua.offset, 0U);
  EXPECT_EQ(m3ua.children[0].offset, 5U);
  EXPECT_FALSE(m3ua.children[0].starts_numbering);
  EXPECT_TRUE(m3ua.children[1].starts_numbering);
  EXPECT_EQ(m3ua.children[1].children[0].offset, 1U);
  EXPECT_EQ(m3ua.children[2].offset, 7U);
  EXPECT_FALSE(m3ua.children[2].starts_numbering);
  EXPECT_EQ(tree.layers()[1].offset, 9U);
}

TEST_F(TraceTreeTest, keeps_octets_beyond_the_packet) {
  {
    const std::array<std::byte, 2> gone{std::byte{0xab}, std::byte{0xcd}};
    tree.octets("field", gone);
  }
  EXPECT_EQ(tree.layers()[0].octets, (std::vector<std::byte>{std::byte{0xab}, std::byte{0xcd}}));
}

TEST_F(TraceTreeTest, text_shows_offset_octets_and_value_a_line_a_field) {
  tree.begin("Layer", at(0, 12));
  tree.number("Number", at(0, 2), 1, "one");
  tree.octets("Long", at(2, 10));
  tree.end();
  EXPECT_EQ(to_text(tree.layers()),
            "     0  12 octets                Layer\n"
            "     0  00 01                      Number: 1 (one)\n"
            "     2  02 03 04 05 06 07 08 09    Long\n"
            "        0a 0b\n");
}

TEST_F(TraceTreeTest, text_shows_octets_once_that_several_fields_in_a_row_share) {
  tree.octets("Flags", at(1, 1));
  tree.number("Low", at(1, 1), 1, "");
  tree.octets("Next", at(2, 1));
  tree.octets("Flags again", at(1, 1));
  EXPECT_EQ(to_text(tree.layers()),
            "     1  01                       Flags\n"
            "                                   Low: 1\n"
            "     2  02                       Next\n"
            "     1  01                       Flags again\n");
}

TEST_F(TraceTreeTest, text_shows_bits_in_their_places) {
  tree.code("Octet", at(19, 1), 0x13, "");
  tree.bits("High", at(19, 1), 0xf0, 1, "one");
  tree.bits("Low", at(19, 1), 0x0f, 3, "");
  tree.code("Two octets", at(18, 2), 0x1213, "");
  tree.bits("Middle", at(18, 2), 0x0ff0, 0x21, "");
  tree.code("Four octets", at(16, 4), 0x10111213, "");
  tree.bits("All but one", at(16, 4), 0x7fffffff, 0x10111213, "");
  EXPECT_EQ(to_text(tree.layers()),
            "    19  13                       Octet: 0x13\n"
            "        0001 ....                  High: 1 (one)\n"
            "        .... 0011                  Low: 3\n"
            "    18  12 13                    Two octets: 0x1213\n"
            "        .... 0010 0001 ....        Middle: 33\n"
            "    16  10 11 12 13              Four octets: 0x10111213\n"
            "                                   All but one: 269554195\n");
}

TEST_F(TraceTreeTest, text_shows_tag_and_length_of_ber_elements) {
  tree.begin("Invoke", at(0, 6));
  tree.header(at(0, 1), "[1]", at(1, 1), 4);
  tree.header(at(2, 1), "INTEGER", at(3, 1), 1);
  tree.number("invokeID", at(4, 1), 4, "");
  tree.end();
  tree.begin("End", at(8, 4));
  tree.header(at(8, 1), "[APPLICATION 4]", at(9, 1), std::nullopt);
  tree.end();
  EXPECT_EQ(to_text(tree.layers()),
            "     0  00 01                    Invoke: tag [1], length 4\n"
            "     2  02 03 04                   invokeID: 4, tag INTEGER, length 1\n"
            "     8  08 09                    End: tag [APPLICATION 4], length indefinite\n");
}

TEST_F(TraceTreeTest, text_shows_long_contents_of_ber_elements_below_their_header) {
  tree.header(at(0, 1), "OBJECT IDENTIFIER", at(1, 1), 7);
  tree.text("direct-reference", at(2, 7), "0.0.17.773.1.1.1");
  EXPECT_EQ(to_text(tree.layers()),
            "     0  00 01                    direct-reference: tag OBJECT IDENTIFIER, length 7\n"
            "     2  02 03 04 05 06 07 08       0.0.17.773.1.1.1\n");
}

TEST_F(TraceTreeTest, text_leaves_octets_to_the_decoder_that_reads_them_further) {
  tree.octets("sm-RP-UI", at(4, 9));
  tree.begin("SMS TPDU", at(4, 9));
  tree.octets("all", at(4, 9));
  tree.end();
  EXPECT_EQ(to_text(tree.layers()),
            "     4  9 octets                 sm-RP-UI: shown below\n"
            "     4  9 octets                 SMS TPDU\n"
            "     4  04 05 06 07 08 09 0a 0b    all\n"
            "        0c\n");
}

TEST_F(TraceTreeTest, text_says_where_a_decoder_stopped) {
  tree.begin("SCCP", at(8, 8));
  tree.refused({decode::Layer::sccp, decode::Reason::bad_pointer, 3}, at(8, 8));
  tree.end();
  EXPECT_EQ(to_text(tree.layers()),
            "     8  8 octets                 SCCP\n"
            "    11                             refused here: sccp.bad_pointer\n");
  ASSERT_EQ(tree.refusals().size(), 1U);
  EXPECT_EQ(tree.refusals()[0].error.offset, 11U);
  EXPECT_TRUE(tree.refusals()[0].in_packet);
}

TEST_F(TraceTreeTest, text_stays_in_100_columns) {
  tree.number("Global title indicator", at(0, 1), 4,
              "translation type, numbering plan, encoding scheme, nature of address");
  EXPECT_EQ(to_text(tree.layers()),
            "     0  00                       Global title indicator: 4 (translation type, numbering plan,\n"
            "                                     encoding scheme, nature of address)\n");
}

TEST_F(TraceTreeTest, text_of_a_message_does_not_reach_the_terminal_as_commands) {
  tree.text("Text", at(0, 1), "a\033[2Jb\n\xff\u202ec \u00e9");
  EXPECT_EQ(to_text(tree.layers()),
            "     0  00                       Text: a\\x1b[2Jb\\n\\xff\\u202ec \u00e9\n");
  EXPECT_NO_THROW((void)to_json(tree.layers()).dump());
}

TEST_F(TraceTreeTest, text_says_where_a_new_numbering_starts) {
  const std::array<std::byte, 1> same_value_and_offset{};
  tree.octets("of the packet", at(0, 1));
  tree.begin("Whole", same_value_and_offset);
  tree.octets("field", same_value_and_offset);
  tree.end();
  const std::string text = to_text(tree.layers());
  EXPECT_NE(text.find("put together from several packets"), std::string::npos) << text;
  EXPECT_NE(text.find("     0  00                         field\n"), std::string::npos) << text;
}

TEST_F(TraceTreeTest, json_has_the_same_for_programs) {
  tree.begin("Layer", at(8, 4));
  tree.number("Number", at(8, 2), 0x0809, "a name");
  tree.text("Text", at(10, 2), "some");
  tree.end();
  const auto expected = nlohmann::ordered_json::parse(R"json([
    {"name": "Layer", "offset": 8, "length": 4, "fields": [
      {"name": "Number", "offset": 8, "length": 2, "number": 2057, "value": "2057 (a name)", "octets": "0809"},
      {"name": "Text", "offset": 10, "length": 2, "value": "some", "octets": "0a0b"}]}])json");
  EXPECT_EQ(to_json(tree.layers()), expected);
}

}  // namespace
}  // namespace tollgate::cli
