#include "record/tally.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

Message message_of(std::string_view account) {
  Message m;
  m.kind = Kind::message;
  m.protocol = Protocol::smpp;
  m.direction = Direction::mt;
  m.route = "international";
  m.origin.account = account;
  return m;
}

TEST(Tally, counts_messages_by_what_they_are_and_what_came_of_them) {
  Tally tally;
  Message m = message_of("");
  tally.add(m);
  tally.add(m);
  m.judgement.verdict = Verdict::block;
  m.judgement.enforced = true;
  tally.add(m);
  m.kind = Kind::signalling;
  tally.add(m);
  ASSERT_EQ(tally.messages().size(), 2U);
  EXPECT_EQ(tally.messages().at({Protocol::smpp, Direction::mt, Verdict::pass, "international"}), 2U);
  EXPECT_EQ(tally.messages().at({Protocol::smpp, Direction::mt, Verdict::block, "international"}), 1U);
  EXPECT_EQ(tally.enforced(), 1U);
  EXPECT_TRUE(tally.accounts().empty());
}

TEST(Tally, counts_answers_that_were_rewritten) {
  Tally tally;
  Message m = message_of("");
  m.kind = Kind::response;
  tally.add(m);
  m.answer.given = true;
  tally.add(m);
  EXPECT_EQ(tally.rewritten(), 1U);
  EXPECT_TRUE(tally.messages().empty());
}

TEST(Tally, counts_rules_by_their_state) {
  Tally tally;
  Message m = message_of("");
  const std::vector<RuleHit> hits{{.id = 7, .rev = 1, .state = RuleState::shadow},
                                  {.id = 8, .rev = 1, .state = RuleState::enforce}};
  m.judgement.rules = hits;
  tally.add(m);
  tally.add(m);
  EXPECT_EQ(tally.rules().at(7), (Tally::Hits{0, 2, 0}));
  EXPECT_EQ(tally.rules().at(8), (Tally::Hits{0, 0, 2}));
}

TEST(Tally, counts_what_accounts_send_pay_and_may_not) {
  Tally tally;
  Message paid = message_of("acme");
  paid.judgement.charged = true;
  paid.judgement.amount = 65'000;
  paid.judgement.fees = 5'000;
  paid.judgement.currency = "EUR";
  Message refused = message_of("acme");
  refused.judgement.charge_refused = "no_credit";
  tally.add(paid);
  tally.add(paid);
  tally.add(refused);
  EXPECT_EQ(tally.accounts().at({"acme", "EUR"}).charged, 2U);
  EXPECT_EQ(tally.accounts().at({"acme", "EUR"}).amount, 140'000);
  EXPECT_EQ(tally.accounts().at({"acme", ""}).refused, 1U);
}

TEST(Tally, beyond_its_bounds_things_are_counted_together) {
  Tally tally;
  for (std::size_t i = 0; i < Tally::most_accounts + 5; ++i) {
    const std::string account = "account" + std::to_string(i);
    tally.add(message_of(account));
  }
  EXPECT_EQ(tally.accounts().size(), Tally::most_accounts + 1);
  EXPECT_EQ(tally.accounts().at({"other", ""}).messages, 5U);
  for (std::uint32_t id = 1; id <= Tally::most_rules + 3; ++id) {
    Message m = message_of("");
    const std::vector<RuleHit> hits{{.id = id, .rev = 1, .state = RuleState::enforce}};
    m.judgement.rules = hits;
    tally.add(m);
  }
  EXPECT_EQ(tally.rules().size(), Tally::most_rules + 1);
  EXPECT_EQ(tally.rules().at(0), (Tally::Hits{0, 0, 3}));
}

}  // namespace
}  // namespace tollgate::record
