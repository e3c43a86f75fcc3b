#include "engine/payments.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/load.hpp"

namespace tollgate::engine {
namespace {

using charge::PriceLine;

/// dest_flag 1, TON 1, NPI 1, address (SMPP 3.4 5.2.25)
std::string to(const std::string& number) { return "\1\1\1" + number + '\0'; }
/// dest_flag 2, name
std::string to_list(const std::string& name) { return "\2" + name + '\0'; }

class PaymentsTest : public ::testing::Test {
 protected:
  PaymentsTest() {
    rules::RuleFiles files;
    files.policy = {{"policy.yaml", "- {name: All pay, then: {charge: domestic, or: {block: {}}}}\n"}};
    rules::Findings findings;
    evaluator = std::make_unique<rules::Evaluator>(rules::load(files, {}, findings));
    charge::Account account;
    account.number = 7;
    account.id = "acme";
    account.recognised_by = {{charge::Recogniser::Kind::system_id, "acme01"}};
    account.currency = "EUR";
    std::vector<PriceLine> prices{{.number = 1,
                                   .list = "standard",
                                   .tariff = "domestic",
                                   .prefix = "4477",
                                   .amount = 65'000,
                                   .currency = "EUR"}};
    quotas.of(7).give(1'000'000);
    const auto book = std::make_shared<const charge::Book>(
        charge::Ledger::InForce{.secret = {1, 2, 3, 4}, .accounts = {account}, .prices = prices}, quotas,
        [](const std::string&) { return nullptr; });
    charger = std::make_unique<charge::Charger>(book, recent, journal, true);
    payments.charge_with(charger.get());
  }
  Message message(const std::string& destinations = {}) {
    list = destinations;
    Message m;
    m.protocol = Protocol::smpp;
    m.kind = Kind::message;
    m.smpp.system_id = "acme01";
    m.smpp.destinations = as_octets(list);
    m.id = {.high = 1, .low = 1};
    m.time_ns = 1'000'000'000'000;
    m.recipient = {.address = "447700900123", .number = "447700900123", .present = true};
    return m;
  }
  const Judgement& settle(Message& m, bool enforces = true) {
    payments.name_ends(evaluator->ruleset(), m);
    evaluator->judge(m);
    payments.settle(m, *evaluator, enforces);
    return m.judgement;
  }

  std::size_t paid() {
    std::vector<charge::Charge> room(100);
    const auto charges = journal.read(room).charges;
    return static_cast<std::size_t>(
        std::count_if(charges.begin(), charges.end(), [](const charge::Charge& one) { return one.paid(); }));
  }

  Settings settings;
  Counters counters;
  Arena arena;
  charge::Quotas quotas;
  charge::RecentCharges recent{1'000, 300'000'000'000};
  struct alignas(64) Line {
    std::byte octets[64];
  };
  std::vector<Line> memory = std::vector<Line>(charge::Journal::size() / 64 + 1);
  charge::Journal journal{std::as_writable_bytes(std::span(memory))};
  std::unique_ptr<charge::Charger> charger;
  std::unique_ptr<rules::Evaluator> evaluator;
  Payments payments{settings, counters, arena};
  std::string list;
};

TEST_F(PaymentsTest, each_recipient_is_paid_for) {
  Message m = message(to("447700900123") + to("447700900124"));
  EXPECT_EQ(settle(m).amount, 2 * 65'000);
  EXPECT_EQ(m.recipient.address, "447700900123") << "its own again";
  EXPECT_EQ(paid(), 2U);
}

TEST_F(PaymentsTest, all_recipients_are_paid_for_or_none) {
  Message m = message(to("447700900123") + to("331234567890"));
  EXPECT_EQ(settle(m).charge_refused, "no_price");
  EXPECT_EQ(m.judgement.verdict, Verdict::block);
  EXPECT_EQ(m.judgement.tariff, "domestic");
  m = message(to("447700900123") + to_list("customers"));
  EXPECT_EQ(settle(m).charge_refused, "distribution_list");
  EXPECT_EQ(m.recipient.address, "447700900123");
  EXPECT_EQ(paid(), 0U);
  EXPECT_EQ(journal.waiting(), 2U) << "the refusals, for the account's statement";
  m = message(to("447700900123"));
  EXPECT_EQ(settle(m).amount, 65'000) << "nothing was kept of those";
}

TEST_F(PaymentsTest, a_walk_over_recipients_ends_where_it_is_told_to) {
  Message m = message(to("447700900124") + to_list("customers") + to("447700900125"));
  std::vector<std::string> seen;
  const auto walk = [&](std::size_t most) {
    seen.clear();
    payments.for_each_recipient(evaluator->ruleset(), m, [&](const decode::smpp::Destination& destination) {
      seen.emplace_back(destination.is_list ? "a list" : m.recipient.number);
      return seen.size() < most;
    });
  };
  walk(9);
  EXPECT_EQ(seen, (std::vector<std::string>{"447700900124", "a list", "447700900125"}));
  walk(1);
  EXPECT_EQ(seen, std::vector<std::string>{"447700900124"});
  EXPECT_EQ(m.recipient.number, "447700900123");
  m = message();
  walk(9);
  EXPECT_EQ(seen, std::vector<std::string>{"447700900123"});
}

TEST_F(PaymentsTest, nobody_pays_where_nothing_is_enforced_or_over_a_tap_or_without_a_charger) {
  Message m = message();
  EXPECT_FALSE(settle(m, false).charged);
  settings.links = {{.name = "watched", .tap = true}};
  m.link = "watched";
  EXPECT_FALSE(settle(m).charged);
  m.link = "another";
  payments.charge_with(nullptr);
  EXPECT_FALSE(settle(m).charged);
  EXPECT_EQ(m.judgement.verdict, Verdict::charge);
  EXPECT_EQ(paid(), 0U);
  payments.charge_with(charger.get());
  EXPECT_TRUE(settle(m).charged);
}

TEST_F(PaymentsTest, a_message_whose_way_is_asked_for_costs_nothing) {
  Message m = message();
  m.protocol = Protocol::map;
  m.origin.account = "acme";
  EXPECT_FALSE(settle(m).charged);
  m.has_text = true;  // as an event has it, which does not say in which TPDU it came
  m.text = "hello";
  EXPECT_EQ(settle(m).amount, 65'000);
}

}  // namespace
}  // namespace tollgate::engine
