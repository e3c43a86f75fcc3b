#include "inspect/whole_message.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "inspect/user_data.hpp"
#include "support/hex.hpp"

namespace tollgate::inspect {
namespace {

using flow::Passage;
using test::hex;
using test::to_hex;

struct Whole {
  explicit Whole(const std::vector<Passage>& passages) {
    read_whole_message(passages, message, arena, counters);
  }
  Message message;
  Arena arena;
  Counters counters;
};

TEST(WholeMessage, reads_the_text_of_passages_in_their_codings) {
  const auto gsm7 = hex("1b65");
  const auto ucs2 = hex("d83dde00");
  const auto korean = hex("bec8");
  EXPECT_EQ(Whole({{gsm7, Coding::gsm7, {}}, {ucs2, Coding::ucs2, {}}, {korean, Coding::ks_c_5601, {}}})
                .message.message_text,
            "\u20ac\U0001F600\uc548");
}

// TS 23.038 A.2.1: escape 53 is S with a cedilla in Turkish, nothing in the default extension, so the S.
TEST(WholeMessage, an_escape_is_read_in_the_language_of_its_passage) {
  const auto octets = hex("1b53");
  EXPECT_EQ(Whole({{octets, Coding::gsm7, {.single_shift = 1}}}).message.message_text, "\u015e");
  EXPECT_EQ(Whole({{octets, Coding::gsm7, {}}}).message.message_text, "S");
}

TEST(WholeMessage, text_and_data_are_apart) {
  const auto text = hex("6869");
  const auto data = hex("00ff");
  const Whole whole({{text, Coding::ascii, {}},
                     {data, Coding::binary, {}},
                     {text, Coding::latin1, {}},
                     {data, Coding::compressed, {}}});
  EXPECT_EQ(whole.message.message_text, "hihi");
  EXPECT_EQ(to_hex(whole.message.message_data), "00ff00ff");
}

TEST(WholeMessage, without_passages_there_is_none) {
  const Whole whole({});
  EXPECT_TRUE(whole.message.message_text.empty());
  EXPECT_TRUE(whole.message.message_data.empty());
}

TEST(WholeMessage, what_has_no_room_is_counted) {
  Arena arena(8);
  Message message;
  Counters counters;
  const auto octets = hex("6162636465");
  read_whole_message(std::vector<Passage>{{octets, Coding::gsm7, {}}}, message, arena, counters);
  EXPECT_TRUE(message.message_text.empty());
  EXPECT_EQ(counters.of(Count::lost_text_no_room), 1U);
}

// The septets behind a header of 6 octets: 'A' (41) and the escape (1b), one fill bit before them.
TEST(WholeMessage, the_body_of_a_packed_part_is_its_septets) {
  const auto packed = hex("050003070201 821b");
  Message message;
  Arena arena;
  Counters counters;
  read_user_data({.dcs = 0, .has_header = true, .length = 9, .octets = packed}, message, arena, counters);
  EXPECT_EQ(to_hex(message.body), "411b");
  EXPECT_EQ(message.text, "A ");
}

}  // namespace
}  // namespace tollgate::inspect
