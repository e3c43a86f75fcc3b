#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "engine/stages.hpp"
#include "rules/load.hpp"
#include "support/hex.hpp"
#include "support/kept_messages.hpp"

// What the stages make of a policy's line for a message that can, or cannot, be changed.
namespace tollgate::engine {
namespace {

std::shared_ptr<const rules::Ruleset> with_policy(const std::string& policy) {
  rules::RuleFiles files;
  files.policy = {{"policy.yaml", policy + "- {name: Rest, then: pass}\n"}};
  rules::Findings findings;
  auto set = rules::load(files, {}, findings);
  for (const rules::Finding& finding : findings.all()) {
    if (finding.severity == rules::Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

class JudgingTest : public ::testing::Test {
 protected:
  void policy(const std::string& lines) {
    settings.concatenation.messages = 16;
    stages = std::make_unique<Stages>(settings, counters, arena, kept, with_policy(lines));
  }
  const Judgement& judge(Message message) {
    stages->accept(message);
    recipient = message.recipient.address;
    return judgement = message.judgement;
  }
  static Message text(std::string_view text) {
    Message message;
    message.protocol = Protocol::smpp;
    message.kind = Kind::message;
    message.has_text = true;
    message.text = text;
    message.editable = true;
    return message;
  }
  static Message part(std::uint8_t seq, std::string_view body, std::uint16_t ref = 7) {
    Message message = text(body);
    message.sender = {.address = "ACME", .type = NumberType::alphanumeric, .present = true};
    message.recipient = {.address = "447700900123", .number = {}, .present = true};
    message.coding = Coding::gsm7;
    message.parts = {.ref = ref, .total = 3, .seq = seq};
    message.body = as_octets(body);
    return message;
  }

  Settings settings;
  Counters counters;
  Arena arena;
  test::KeptMessages kept;
  std::unique_ptr<Stages> stages;
  Judgement judgement;
  std::string recipient;
};

TEST_F(JudgingTest, what_is_blocked_is_enforced_where_the_message_can_be_changed) {
  policy("- {name: Prize, when: {text: prize}, then: block}\n");
  EXPECT_TRUE(judge(text("a prize")).enforced);
  Message gone = text("a prize");
  gone.editable = false;
  EXPECT_EQ(judge(gone).verdict, Verdict::block);
  EXPECT_FALSE(judgement.enforced);
  EXPECT_FALSE(judge(text("a book")).enforced);
}

TEST_F(JudgingTest, a_charge_changes_nothing) {
  policy("- {name: Paid, when: {text: prize}, then: {charge: domestic}}\n");
  EXPECT_EQ(judge(text("a prize")).verdict, Verdict::charge);
  EXPECT_FALSE(judgement.enforced);
}

TEST_F(JudgingTest, a_divert_that_does_not_fit_becomes_what_the_line_says_else_a_block) {
  policy(
      "- {name: Strict, when: {protocol: smpp, text: prize}, then: {divert: 447700900999}}\n"
      "- {name: Mild, when: {protocol: smpp, text: code}, then: {divert: 447700900999, or: pass}}\n");
  Message prize = text("a prize");
  prize.divert_room = {.octets = 12, .filler = false};
  EXPECT_EQ(judge(prize).verdict, Verdict::divert);
  EXPECT_TRUE(judgement.enforced);
  EXPECT_EQ(judgement.divert_to, "447700900999");
  prize.divert_room = {.octets = 13, .filler = true};
  EXPECT_EQ(judge(prize).verdict, Verdict::block);
  EXPECT_EQ(judgement.policy, "Strict");
  EXPECT_EQ(judgement.divert_to, "");
  EXPECT_EQ(judge(text("a code")).verdict, Verdict::pass);
  EXPECT_EQ(judgement.policy, "Mild");
}

TEST_F(JudgingTest, after_a_blocked_part_every_later_part_is_blocked_for_the_same_reason) {
  policy(
      "- {name: Prize, when: {text: prize}, then: {block: {smpp_status: ESME_RINVDSTADR}, alert: true}}\n");
  EXPECT_EQ(judge(part(1, "You have won")).verdict, Verdict::pass);
  EXPECT_EQ(judge(part(2, "a prize")).verdict, Verdict::block);
  EXPECT_EQ(judge(part(3, "and more")).verdict, Verdict::block);
  EXPECT_EQ(judgement.policy, "Prize");
  EXPECT_EQ(judgement.smpp_status, 0x0BU);
  EXPECT_TRUE(judgement.alert);
  EXPECT_TRUE(judgement.enforced);
  EXPECT_EQ(judge(part(1, "You have won")).verdict, Verdict::block) << "the same part again";
  EXPECT_EQ(judge(part(2, "and more", 8)).verdict, Verdict::pass) << "another message";
}

TEST_F(JudgingTest, a_reference_used_anew_forgets_the_block) {
  policy("- {name: Prize, when: {text: prize}, then: block}\n");
  EXPECT_EQ(judge(part(1, "a prize")).verdict, Verdict::block);
  EXPECT_EQ(judge(part(1, "a book")).verdict, Verdict::pass);
  EXPECT_EQ(judge(part(2, "and more")).verdict, Verdict::pass);
}

TEST_F(JudgingTest, a_block_in_the_place_of_a_divert_holds_for_later_parts) {
  policy("- {name: Strict, when: {protocol: smpp, text: prize}, then: {divert: 447700900999}}\n");
  EXPECT_EQ(judge(part(1, "a prize")).verdict, Verdict::block);
  EXPECT_EQ(judge(part(2, "and more")).verdict, Verdict::block);
  EXPECT_EQ(judgement.policy, "Strict");
}

TEST_F(JudgingTest, a_part_that_passes_by_a_later_line_is_blocked_with_the_others_all_the_same) {
  policy(
      "- {name: Prize, when: {text: prize}, then: block}\n"
      "- {name: Paid, when: {text: more}, then: {charge: domestic}}\n");
  EXPECT_EQ(judge(part(1, "a prize")).verdict, Verdict::block);
  EXPECT_EQ(judge(part(2, "and more")).verdict, Verdict::block);
  EXPECT_EQ(judgement.tariff, "");
}

TEST_F(JudgingTest, what_the_text_of_a_submit_multi_says_holds_for_each_of_its_recipients) {
  policy(
      "- {name: Never, when: {recipient: '447700900200', text: prize, raw.text: PRIZE}, then: block}\n"
      "- {name: Paid, when: {recipient: '447700900200', not: {text: prize}}, then: {charge: domestic}}\n");
  const auto judged = [&](std::string_view body) {
    Message message = text(body);
    // dest_flag 1, TON 1, NPI 1, address (SMPP 3.4 5.2.25)
    constexpr std::string_view list{
        "\1\1\1"
        "447700900100\0"
        "\1\1\1"
        "447700900200\0",
        32};
    message.smpp.destinations = as_octets(list);
    return judge(message).verdict;
  };
  EXPECT_EQ(judged("a PRIZE"), Verdict::block);
  EXPECT_EQ(judged("a book"), Verdict::charge) << "of another text nothing is left";
  EXPECT_EQ(judged("a prize"), Verdict::pass) << "not as it was sent";
}

TEST_F(JudgingTest, a_submit_multi_has_the_verdict_of_its_strictest_recipient) {
  policy(
      "- {name: Paid, when: {recipient: '447700900100'}, then: {charge: domestic}}\n"
      "- {name: Never, when: {recipient: '447700900200'}, then: block}\n");
  const auto judged = [&](std::string_view list) {
    Message message = text("hello");
    const auto octets = test::hex(list);
    message.smpp.destinations = octets;
    return judge(message).verdict;
  };
  const std::string other = "01 0101 34343737303039303033303000";
  const std::string paid = "01 0101 34343737303039303031303000";
  const std::string never = "01 0101 34343737303039303032303000";
  const std::string list = "02 6c69737400";
  EXPECT_EQ(judged(other + other), Verdict::pass);
  EXPECT_EQ(recipient, "447700900300");
  EXPECT_EQ(judged(other + paid), Verdict::charge);
  EXPECT_EQ(judged(paid + list + never + other), Verdict::block);
  EXPECT_EQ(recipient, "447700900200");
  EXPECT_EQ(judgement.policy, "Never");
  EXPECT_TRUE(judgement.enforced);
  EXPECT_EQ(judged(list), Verdict::pass);
  EXPECT_EQ(kept.messages.size(), 4U) << "one event each";
}

}  // namespace
}  // namespace tollgate::engine
