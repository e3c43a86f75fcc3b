#include "rules/subject.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::rules {
namespace {

using Values = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

struct SubjectTest : ::testing::Test {
  void look_at_text(std::string_view text) {
    message.has_text = true;
    message.text = text;
    subject.look_at(message, nullptr);
  }
  Values texts(FieldId id) {
    const auto values = subject.texts(id);
    return {values.begin(), values.end()};
  }
  Values keys(FieldId id) {
    const auto values = subject.keys(id);
    return {values.begin(), values.end()};
  }
  Numbers numbers(FieldId id) {
    const auto values = subject.numbers(id);
    return {values.begin(), values.end()};
  }

  inline static const FoldTables tables;
  inline static const PublicSuffixes suffixes;
  Message message;
  Subject subject{tables, suffixes};
};

TEST_F(SubjectTest, takes_urls_apart) {
  look_at_text("see http://User@WWW.Shop.Example.co.uk:8080/A?b#c and www.two.example/");
  EXPECT_EQ(texts(FieldId::url),
            (Values{"http://User@WWW.Shop.Example.co.uk:8080/A?b#c", "www.two.example/"}));
  EXPECT_EQ(texts(FieldId::url_host), (Values{"www.shop.example.co.uk", "www.two.example"}));
  EXPECT_EQ(texts(FieldId::url_domain), (Values{"example.co.uk", "two.example"}))
      << "co.uk is a public suffix; an unlisted top-level domain is one too";
  EXPECT_EQ(texts(FieldId::url_path), (Values{"/A?b#c", "/"}));
}

TEST_F(SubjectTest, finds_no_more_urls_than_it_has_room_for) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "http://host" + std::to_string(i) + ".example/ ";
  look_at_text(text);
  EXPECT_EQ(texts(FieldId::url_host).size(), Subject::most_urls);
  EXPECT_EQ(texts(FieldId::url_host).front(), "host0.example");
}

TEST_F(SubjectTest, finds_numbers_as_they_stand_and_joined) {
  look_at_text("Call 07700 900123 or 12, code 482913.");
  EXPECT_EQ(texts(FieldId::text_number), (Values{"07700", "900123", "07700900123", "482913"}))
      << "from three digits on, and joined from seven on";
  look_at_text("1-2-3-4-5-6-7 and 12.50 and 1234567890123456789");
  EXPECT_EQ(texts(FieldId::text_number), (Values{"1234567"})) << "a number has up to 17 digits";
  look_at_text("no digits");
  EXPECT_EQ(texts(FieldId::text_number), Values{});
}

TEST_F(SubjectTest, has_the_whole_text_on_the_part_that_completes_it) {
  message.message_text = "the whole 123456";
  look_at_text("whole 123");
  EXPECT_EQ(subject.text(), "the whole 123456");
  EXPECT_EQ(subject.folded().reading(0), "the whole 123456");
  EXPECT_EQ(texts(FieldId::text_number), (Values{"123456"}));
}

TEST_F(SubjectTest, forgets_what_it_made_of_the_message_before) {
  look_at_text("http://one.example/ 111111");
  EXPECT_EQ(texts(FieldId::url_host), (Values{"one.example"}));
  EXPECT_EQ(subject.folded().reading(0), "http://one.example/ 111111");
  look_at_text("222222");
  EXPECT_EQ(texts(FieldId::url_host), Values{});
  EXPECT_EQ(texts(FieldId::text_number), (Values{"222222"}));
  EXPECT_EQ(subject.folded().reading(0), "222222");
}

TEST_F(SubjectTest, counts_characters_or_octets) {
  look_at_text("\xc3\xa9\xf0\x9f\x98\x80z");
  EXPECT_EQ(numbers(FieldId::size), (Numbers{3}));
  look_at_text("");
  EXPECT_EQ(numbers(FieldId::size), (Numbers{0})) << "an empty text is a text";
  message = {};
  const auto data = test::hex("c0ffee");
  message.data = data;
  subject.look_at(message, nullptr);
  EXPECT_EQ(numbers(FieldId::size), (Numbers{3}));
  EXPECT_EQ(texts(FieldId::data), (Values{"c0ffee"}));
  EXPECT_FALSE(subject.has_text());
}

TEST_F(SubjectTest, names_the_elements_of_the_user_data_header) {
  // TS 23.040 9.2.3.24: concatenation (00) and 16 bit ports (05).
  const auto udh = test::hex("0b 00 03 07 02 01 05 04 0b84 23f0");
  message.udh = udh;
  look_at_text("");
  EXPECT_EQ(numbers(FieldId::udh_element), (Numbers{0, 5}));
  EXPECT_EQ(texts(FieldId::udh), (Values{"0b00030702010504"
                                         "0b8423f0"}));
}

TEST_F(SubjectTest, compares_addresses_in_small_letters) {
  message.sender.present = true;
  message.sender.address = "GoodBank";
  look_at_text("");
  EXPECT_EQ(texts(FieldId::sender), (Values{"GoodBank"}));
  EXPECT_EQ(keys(FieldId::sender), (Values{"goodbank"}));
  EXPECT_EQ(keys(FieldId::recipient), Values{});
}

TEST_F(SubjectTest, has_nothing_where_the_message_has_nothing) {
  look_at_text("text");
  for (const FieldId id : {FieldId::imsi, FieldId::origin_gt, FieldId::sender_type, FieldId::route,
                           FieldId::udh, FieldId::coding, FieldId::recipient_country})
    EXPECT_EQ(texts(id), Values{}) << field(id).name;
  for (const FieldId id : {FieldId::pid, FieldId::parts, FieldId::origin_pc, FieldId::sender_ton,
                           FieldId::ports_destination, FieldId::udh_element, FieldId::tcap_version})
    EXPECT_EQ(numbers(id), Numbers{}) << field(id).name;
  EXPECT_EQ(subject.ip(FieldId::origin_ip), nullptr);
  EXPECT_EQ(subject.flag(FieldId::url_shortener), std::nullopt);
  EXPECT_TRUE(std::isnan(subject.signal(0)));
}

TEST_F(SubjectTest, has_the_signals_that_it_was_given) {
  const std::vector<double> signals{12, 0.5};
  subject.look_at(message, nullptr);
  subject.take(signals);
  EXPECT_EQ(subject.signal(1), 0.5);
  EXPECT_TRUE(std::isnan(subject.signal(2)));
}

TEST_F(SubjectTest, knows_shorteners_by_their_list) {
  Findings findings;
  const auto list = read_list("# type: host\nshort.example\n", "list", findings);
  ASSERT_NE(list, nullptr);
  message.has_text = true;
  message.text = "http://long.example/ http://go.short.example/x";
  subject.look_at(message, list.get());
  EXPECT_EQ(subject.flag(FieldId::url_shortener), true);
  message.text = "http://long.example/";
  subject.look_at(message, list.get());
  EXPECT_EQ(subject.flag(FieldId::url_shortener), false);
  message.text = "no link";
  subject.look_at(message, list.get());
  EXPECT_EQ(subject.flag(FieldId::url_shortener), std::nullopt);
}

}  // namespace
}  // namespace tollgate::rules
