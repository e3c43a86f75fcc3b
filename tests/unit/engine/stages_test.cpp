#include "engine/stages.hpp"

#include <gtest/gtest.h>

#include "rules/load.hpp"
#include "support/kept_messages.hpp"

namespace tollgate::engine {
namespace {

IpAddress ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
  IpAddress address;
  address.version = 4;
  address.octets = {static_cast<std::byte>(a), static_cast<std::byte>(b), static_cast<std::byte>(c),
                    static_cast<std::byte>(d)};
  return address;
}

class StagesTest : public ::testing::Test {
 protected:
  static Settings settings() {
    Settings s;
    s.home.country = "GB";
    s.home.country_code = "44";
    s.replay_outside = {{.address = ipv4(192, 0, 2, 128), .prefix_bits = 25}};
    s.replay_route = "international";
    s.peers = {{ipv4(192, 0, 2, 7), "acme"}, {ipv4(192, 0, 2, 9), "other"}};
    s.concatenation.messages = 16;
    return s;
  }
  const Message& give(Message message) {
    stages.accept(message);
    return kept.messages.back();
  }

  const Settings own = settings();
  Counters counters;
  Arena arena;
  test::KeptMessages kept;
  Stages stages{own, counters, arena, kept};
};

TEST_F(StagesTest, numbers_become_e164) {
  Message message;
  message.recipient = {.address = "07700900123", .number = {}, .type = NumberType::national, .present = true};
  EXPECT_EQ(give(message).recipient.number, "447700900123");
}

TEST_F(StagesTest, a_number_that_the_inspector_knows_stays) {
  Message message;  // as SMPP's "+447700900123" with an unknown type of number
  message.sender = {.address = "447700900123", .number = "447700900123", .present = true};
  EXPECT_EQ(give(message).sender.number, "447700900123");
}

TEST_F(StagesTest, both_directions_of_an_outside_network_have_its_route) {
  Message message;
  message.origin.ip = ipv4(192, 0, 2, 200);
  message.destination.ip = ipv4(198, 51, 100, 1);
  EXPECT_EQ(give(message).route, "international");
  std::swap(message.origin, message.destination);
  EXPECT_EQ(give(message).route, "international");
}

TEST_F(StagesTest, other_networks_have_no_route) {
  Message message;
  message.origin.ip = ipv4(192, 0, 2, 127);  // just outside 192.0.2.128/25
  EXPECT_EQ(give(message).route, "");
}

TEST_F(StagesTest, the_account_of_an_smpp_connection_is_its_system_id) {
  Message message;
  message.protocol = Protocol::smpp;
  message.origin.ip = ipv4(192, 0, 2, 7);
  message.smpp.system_id = "bound";
  EXPECT_EQ(give(message).origin.account, "bound");
}

TEST_F(StagesTest, the_account_of_an_unseen_bind_is_the_peers_in_both_directions) {
  Message message;
  message.protocol = Protocol::smpp;
  message.origin.ip = ipv4(192, 0, 2, 9);
  message.destination.ip = ipv4(198, 51, 100, 1);
  EXPECT_EQ(give(message).origin.account, "other");
  std::swap(message.origin, message.destination);
  EXPECT_EQ(give(message).origin.account, "other");
  message.destination.ip = ipv4(192, 0, 2, 8);
  EXPECT_EQ(give(message).origin.account, "");
}

TEST_F(StagesTest, the_address_of_a_peer_says_nothing_of_ss7) {
  Message message;
  message.protocol = Protocol::map;
  message.origin.ip = ipv4(192, 0, 2, 7);
  EXPECT_EQ(give(message).origin.account, "");
}

TEST_F(StagesTest, items_count_within_the_frame_that_the_message_names) {
  EXPECT_EQ(give({.frame = 7}).item, 0U);
  EXPECT_EQ(give({.frame = 7}).item, 1U);
  EXPECT_EQ(give({.frame = 5}).item, 0U);  // waited in a stream until frame 7 came
  EXPECT_EQ(give({.frame = 8}).item, 0U);
}

TEST_F(StagesTest, the_part_that_completes_a_message_carries_its_whole_text) {
  Message part;
  part.kind = Kind::message;
  part.has_text = true;
  part.imsi = "001010000000011";
  part.coding = Coding::gsm7;
  part.parts = {.ref = 7, .total = 2, .seq = 2};
  part.body = as_octets("world");
  EXPECT_EQ(give(part).message_text, "");
  part.parts.seq = 1;
  part.body = as_octets("Hello ");
  EXPECT_EQ(give(part).message_text, "Hello world");
  EXPECT_TRUE(give(part).body.empty());
}

TEST_F(StagesTest, the_part_that_completes_binary_data_carries_all_of_it) {
  Message part;
  part.kind = Kind::message;
  part.coding = Coding::binary;
  part.parts = {.ref = 7, .total = 2, .seq = 1};
  part.body = part.data = as_octets("\x01\x06");
  EXPECT_TRUE(give(part).message_data.empty());
  part.parts.seq = 2;
  part.body = part.data = as_octets("\x03\xae");
  EXPECT_EQ(as_chars(give(part).message_data), "\x01\x06\x03\xae");
  EXPECT_EQ(kept.messages.back().message_text, "");
}

TEST_F(StagesTest, other_rules_judge_from_one_message_to_the_next) {
  rules::Findings findings;
  const auto ruleset = rules::load(
      rules::RuleFiles{.policy = {{"policy.yaml", "- {name: All stop, then: {block: {}}}"}}}, {}, findings);
  ASSERT_NE(ruleset, nullptr);
  Judge judge(ruleset, nullptr);
  Message message;
  message.kind = Kind::message;
  EXPECT_EQ(give(message).judgement.verdict, Verdict::pass);
  stages.exchange(judge);
  EXPECT_EQ(give(message).judgement.verdict, Verdict::block);
  EXPECT_EQ(give(message).judgement.policy, "All stop");
  stages.exchange(judge);
  EXPECT_EQ(give(message).judgement.verdict, Verdict::pass) << "there were no rules at first";
}

}  // namespace
}  // namespace tollgate::engine
