#include "record/privacy.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "record/event_json.hpp"
#include "support/hex.hpp"

namespace tollgate::record {
namespace {

using test::hex;

class PrivacyTest : public testing::Test {
 protected:
  PrivacyTest() {
    message.kind = Kind::message;
    message.protocol = Protocol::smpp;
    message.sender = {.address = "447700900111",
                      .number = "447700900111",
                      .type = NumberType::international,
                      .present = true};
    message.recipient = {
        .address = "07700900222", .number = "447700900222", .type = NumberType::national, .present = true};
    message.imsi = "001010123456733";
    message.smpp.tlvs = tlvs;
    message.smpp.destinations = destinations;
    message.judgement.divert_to = "447700900444";
    message.judgement.verdict = Verdict::divert;
    message.has_text = true;
    message.text = "see http://host.example/x";
    message.service_centre = "447700900000";
  }
  std::string event(const PrivacySettings& settings) {
    std::string out;
    Privacy privacy(settings);
    append_event(out, privacy.filter(message));
    return out;
  }
  bool tells(const PrivacySettings& settings, const std::string& what) {
    return event(settings).find(what) != std::string::npos;
  }

  // callback_num (0x0381), and a second message_payload
  const std::vector<std::byte> tlvs = hex("0381 0006 010101 353535  0424 0003 414243");
  const std::vector<std::byte> destinations = hex("01 01 01 343437373030393030353535 00");
  Message message;
};

TEST_F(PrivacyTest, unless_told_otherwise_an_event_has_no_text_and_two_digits_of_a_number) {
  message.service_centre = {};
  for (const char* never : {"host.example", "7700900", "00101", "tlvs", "destinations", "urls"})
    EXPECT_FALSE(tells({}, never)) << never;
}

TEST_F(PrivacyTest, numbers_are_masked_but_for_their_last_two_digits) {
  Privacy privacy({});
  const Message shown = privacy.filter(message);
  EXPECT_EQ(shown.sender.address, "**********11");
  EXPECT_EQ(shown.sender.number, "**********11");
  EXPECT_EQ(shown.recipient.address, "*********22");
  EXPECT_EQ(shown.recipient.number, "**********22");
  EXPECT_EQ(shown.imsi, "*************33");
  EXPECT_EQ(shown.judgement.divert_to, "**********44");
  EXPECT_EQ(shown.service_centre, "447700900000") << "a node of a network";
}

TEST_F(PrivacyTest, a_name_stays_and_a_number_that_says_it_is_a_name_does_not) {
  message.sender = {.address = "ACME", .number = {}, .type = NumberType::alphanumeric, .present = true};
  message.recipient = {
      .address = "+44 7700 900222", .number = {}, .type = NumberType::alphanumeric, .present = true};
  Privacy privacy({});
  const Message shown = privacy.filter(message);
  EXPECT_EQ(shown.sender.address, "ACME");
  EXPECT_EQ(shown.recipient.address, "*************22");
}

TEST_F(PrivacyTest, the_text_of_what_was_blocked_is_shown_where_that_is_asked_for) {
  EXPECT_FALSE(tells({.text = ShownText::blocked}, "host.example"));
  message.judgement.verdict = Verdict::block;
  EXPECT_TRUE(tells({.text = ShownText::blocked}, "host.example"));
  EXPECT_FALSE(tells({.text = ShownText::never}, "host.example"));
}

TEST_F(PrivacyTest, binary_data_and_the_whole_text_are_text) {
  const auto data = hex("cafe");
  message.has_text = false;
  message.text = {};
  message.data = data;
  message.message_text = "the whole";
  message.message_data = data;
  for (const char* what : {"cafe", "the whole"}) {
    EXPECT_FALSE(tells({}, what));
    EXPECT_TRUE(tells({.text = ShownText::all}, what));
  }
}

TEST_F(PrivacyTest, all_is_shown_where_all_is_asked_for) {
  const PrivacySettings all{.text = ShownText::all, .numbers = ShownNumbers::full};
  for (const char* what : {"host.example", "447700900111", "447700900222", "001010123456733", "tlvs",
                           "destinations", "447700900444"})
    EXPECT_TRUE(tells(all, what)) << what;
  EXPECT_FALSE(tells({.text = ShownText::all}, "tlvs")) << "a parameter may hold a number";
  EXPECT_FALSE(tells({.numbers = ShownNumbers::full}, "tlvs")) << "or text";
}

TEST_F(PrivacyTest, the_number_by_which_a_home_register_is_asked_is_a_subscribers) {
  message.destination.gt = "447700900222";
  message.destination.gt_begins_with_country_code = true;
  message.origin.gt = "447700900000";
  Privacy privacy({});
  const Message shown = privacy.filter(message);
  EXPECT_EQ(shown.destination.gt, "**********22");
  EXPECT_EQ(shown.destination.country, "GB");
  EXPECT_EQ(shown.origin.gt, "447700900000") << "a node of a network";
  Privacy full({.numbers = ShownNumbers::full});
  EXPECT_EQ(full.filter(message).destination.gt, "447700900222");
}

}  // namespace
}  // namespace tollgate::record
