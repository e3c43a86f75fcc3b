#include "record/pseudonyms.hpp"

#include <set>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "message/number.hpp"
#include "record/event_json.hpp"
#include "record/privacy.hpp"
#include "support/count_allocations.hpp"
#include "unit/control/temporary_folder.hpp"

namespace tollgate::record {
namespace {

constexpr const char* key_line = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

class PseudonymsTest : public testing::Test {
 protected:
  PseudonymsTest() { write_key("key", key_line); }

  void write_key(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    folder.write(name, text);
    ::chmod((folder / name).c_str(), mode);
  }
  std::string pseudonym(const std::string& number, const std::string& key = "key") const {
    std::string name(Pseudonyms::length, ' ');
    Pseudonyms(read_pseudonym_key(folder / key)).write(number, std::span<char, Pseudonyms::length>(name));
    return name;
  }
  std::string refusal(const std::string& key) const {
    try {
      read_pseudonym_key(folder / key);
      return {};
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  PrivacySettings settings() const {
    return {.text = ShownText::never, .numbers = ShownNumbers::pseudonyms, .key = folder / "key"};
  }

  test::TemporaryFolder folder;
};

// printf %s NUMBER | openssl mac -macopt hexkey:KEY -macopt size:16 -binary BLAKE2BMAC | base32
TEST_F(PseudonymsTest, are_the_keyed_hashes_that_openssl_makes) {
  EXPECT_EQ(pseudonym("447700900123"), "~2lhpm3owr6otnzrjoo2q");
  EXPECT_EQ(pseudonym("234150000000001"), "~m5fqnwdawbaxgi6ek6ao");
  write_key("zeros", std::string(64, '0'));
  EXPECT_EQ(pseudonym("447700900123", "zeros"), "~plspqnc7dskcnf3g5yij");
}

TEST_F(PseudonymsTest, tell_numbers_apart) {
  std::set<std::string> seen;
  for (unsigned i = 0; i < 10'000; ++i) seen.insert(pseudonym(std::to_string(447700900000 + i)));
  EXPECT_EQ(seen.size(), 10'000U);
}

TEST_F(PseudonymsTest, all_ways_to_write_a_number_have_the_same_one) {
  Home home;
  home.country = "GB";
  home.country_code = "44";
  home.international_prefix = "00";
  home.national_prefix = "0";
  struct Written {
    const char* address;
    NumberType type;
  };
  for (const Written& written :
       {Written{"447700900123", NumberType::international}, Written{"+447700900123", NumberType::unknown},
        Written{"00447700900123", NumberType::unknown}, Written{"07700900123", NumberType::national},
        Written{"7700900123", NumberType::national}}) {
    Message message;
    Arena arena;
    message.recipient = {.address = written.address, .number = {}, .type = written.type, .present = true};
    fill_number(message.recipient, home, arena);
    Privacy privacy(settings());
    const Message shown = privacy.filter(message);
    EXPECT_EQ(shown.recipient.address, "~2lhpm3owr6otnzrjoo2q") << written.address;
    EXPECT_EQ(shown.recipient.number, "~2lhpm3owr6otnzrjoo2q") << written.address;
    EXPECT_EQ(privacy.countries().recipient, "GB") << written.address;
  }
}

TEST_F(PseudonymsTest, stand_for_all_that_is_a_subscribers_in_an_event) {
  Message message;
  message.kind = Kind::message;
  message.protocol = Protocol::map;
  message.sender = {.address = "447700900111",
                    .number = "447700900111",
                    .type = NumberType::international,
                    .present = true};
  message.recipient = {.address = "07700900222",
                       .number = "447700900222",
                       .type = NumberType::national,
                       .present = true,
                       .operator_name = "Example Mobile"};
  message.imsi = "234150000000001";
  message.judgement.divert_to = "447700900123";
  message.destination.gt = "447700900222";
  message.destination.gt_begins_with_country_code = true;
  message.service_centre = "447700100000";
  Privacy privacy(settings());
  std::string event;
  const Message shown = privacy.filter(message);
  append_event(event, shown, privacy.countries());
  for (const char* number : {"7700900", "23415"}) EXPECT_EQ(event.find(number), event.npos) << event;
  for (const char* what : {R"("imsi":"~m5fqnwdawbaxgi6ek6ao")", R"("divert":"~2lhpm3owr6otnzrjoo2q")",
                           R"("operator":"Example Mobile","country":"GB")", R"("447700100000")"})
    EXPECT_NE(event.find(what), event.npos) << what << " in " << event;
  const std::string recipient = pseudonym("447700900222");
  EXPECT_NE(event.find(R"("gt":")" + recipient + R"(","country":"GB")"), event.npos) << event;
  EXPECT_NE(event.find(R"("address":")" + recipient + R"(","number":")" + recipient), event.npos) << event;
}

TEST_F(PseudonymsTest, of_what_is_no_whole_number_are_those_of_the_address_as_it_was_sent) {
  Message message;
  message.recipient = {.address = "60300", .number = {}, .type = NumberType::abbreviated, .present = true};
  message.sender = {.address = "ACME", .number = {}, .type = NumberType::alphanumeric, .present = true};
  Privacy privacy(settings());
  const Message shown = privacy.filter(message);
  EXPECT_EQ(shown.recipient.address, pseudonym("60300"));
  EXPECT_EQ(shown.recipient.number, "");
  EXPECT_EQ(shown.sender.address, "ACME") << "a name is no number";
  EXPECT_EQ(shown.imsi, "") << "there is none";
}

TEST_F(PseudonymsTest, take_no_memory_from_message_to_message) {
  Message message;
  message.imsi = "234150000000001";
  message.sender = message.recipient = {.address = "447700900111", .number = "447700900111", .present = true};
  message.origin.gt = message.destination.gt = "447700900111";
  message.judgement.divert_to = "447700900123";
  Privacy privacy(settings());
  (void)privacy.filter(message);
  const std::size_t before = allocations;
  for (unsigned i = 0; i < 10; ++i) (void)privacy.filter(message);
  EXPECT_EQ(allocations, before);
}

TEST_F(PseudonymsTest, without_a_good_key_there_are_none) {
  EXPECT_NE(refusal("absent").find("No such file"), std::string::npos);
  for (const char* text :
       {"", "\n", "000102", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fff\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1ezz\n",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n\n"}) {
    write_key("bad", text);
    EXPECT_NE(refusal("bad").find("is not one line of 64 hexadecimal digits; `openssl rand -hex 32`"),
              std::string::npos)
        << text << ": " << refusal("bad");
  }
  EXPECT_NE(refusal(".").find("is no file"), std::string::npos) << refusal(".");
}

TEST_F(PseudonymsTest, a_key_that_others_can_get_at_is_refused) {
  for (const mode_t mode : {0604U, 0640U, 0602U, 0644U}) {
    write_key("open", key_line, mode);
    EXPECT_NE(refusal("open").find("others can get at it"), std::string::npos) << mode;
  }
  write_key("open", key_line, 0400);
  EXPECT_EQ(refusal("open"), "");
}

}  // namespace
}  // namespace tollgate::record
