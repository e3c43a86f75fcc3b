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
  EXPECT_TRUE(outer.is_layer);
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
  EXPECT_TRUE(tree.layers()[1].is_layer);
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
  tree.number("High", at(1, 1), 0, "");
  tree.octets("Next", at(2, 1));
  tree.octets("Flags again", at(1, 1));
  EXPECT_EQ(to_text(tree.layers()),
            "     1  01                       Flags\n"
            "     1                           Low: 1\n"
            "     1                           High: 0\n"
            "     2  02                       Next\n"
            "     1  01                       Flags again\n");
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
