#include "charge/charger.hpp"

#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "message/origin_name.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

class ChargerTest : public ::testing::Test {
 protected:
  ChargerTest() {
    account.number = 7;
    account.id = "acme";
    account.recognised_by = {{Recogniser::Kind::system_id, "acme01"}};
    account.currency = "EUR";
    prices = {{.number = 1, .list = "standard", .tariff = "domestic", .amount = 65'000, .currency = "EUR"},
              {.number = 2,
               .list = "standard",
               .tariff = "fees",
               .amount = 50'000,
               .currency = "EUR",
               .fees = {{"operator", 15'000}}},
              {.number = 3,
               .list = "standard",
               .tariff = "whole",
               .per = PriceLine::Per::message,
               .amount = 90'000,
               .currency = "EUR"},
              {.number = 4, .list = "standard", .tariff = "list", .amount = 80'000, .currency = "EUR"}};
    quota().give(1'000'000);
  }
  Quota& quota() { return quotas.of(7); }

  Charger& charger() {
    if (!made) {
      const auto book = std::make_shared<const Book>(
          Ledger::InForce{.secret = {1, 2, 3, 4}, .accounts = {account}, .prices = prices}, quotas,
          [](const std::string&) { return nullptr; });
      made = std::make_unique<Charger>(book, recent, journal, knows_retries);
    }
    return *made;
  }
  /// A message that was not seen before.
  Message message() {
    Message m;
    m.protocol = Protocol::smpp;
    m.kind = Kind::message;
    m.smpp.system_id = "acme01";
    m.id = {.high = 1, .low = ++last_id};
    m.time_ns = now;
    m.recipient = {.address = "447700900123", .number = "447700900123", .present = true};
    m.sender = {.address = "ACME", .number = {}, .type = NumberType::alphanumeric, .present = true};
    m.text = texts.emplace_back(std::make_unique<std::string>("no " + std::to_string(last_id)))->c_str();
    return m;
  }
  Refusal charge(Message& m, std::string_view tariff = "domestic") {
    charger().recognise(m);
    return charger().charge(m, tariff);
  }
  std::vector<Charge> journalled() {
    std::vector<Charge> room(100);
    const auto events = journal.read(room).charges;
    return {events.begin(), events.end()};
  }

  Account account;
  std::vector<PriceLine> prices;
  Quotas quotas;
  RecentCharges recent{10'000, 300 * second};
  struct alignas(64) Line {
    std::byte octets[64];
  };
  std::vector<Line> memory = std::vector<Line>(Journal::size() / 64 + 1);
  Journal journal{std::as_writable_bytes(std::span(memory))};
  bool knows_retries = true;
  std::unique_ptr<Charger> made;
  std::vector<std::unique_ptr<std::string>> texts;
  std::uint64_t last_id = 0;
  std::uint64_t now = 1'000 * second;
};

TEST_F(ChargerTest, what_is_charged_leaves_the_quota_and_stands_in_the_journal) {
  Message m = message();
  m.route = "international";
  m.recipient.operator_name = "Example Mobile";
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_EQ(quota().left, 1'000'000 - 65'000);
  EXPECT_TRUE(m.judgement.charged);
  EXPECT_FALSE(m.judgement.charged_before);
  EXPECT_EQ(m.judgement.amount, 65'000);
  EXPECT_EQ(m.judgement.currency, "EUR");
  EXPECT_EQ(m.origin.account, "acme");
  const auto events = journalled();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].id.low, m.id.low);
  EXPECT_EQ(events[0].time_ns, now);
  EXPECT_EQ(events[0].account, 7U);
  EXPECT_EQ(events[0].price, 1U);
  EXPECT_EQ(events[0].amount, 65'000);
  EXPECT_EQ(std::string_view(events[0].country.data(), 2), "GB");
  EXPECT_EQ(events[0].recipient_operator.view(), "Example Mobile");
  EXPECT_EQ(events[0].tariff.view(), "domestic");
  EXPECT_EQ(events[0].route.view(), "international");
  EXPECT_EQ(events[0].parts, 0U);
}

TEST_F(ChargerTest, fees_are_an_amount_of_their_own) {
  Message m = message();
  EXPECT_EQ(charge(m, "fees"), Refusal::none);
  EXPECT_EQ(quota().left, 1'000'000 - 65'000);
  EXPECT_EQ(m.judgement.amount, 50'000);
  EXPECT_EQ(m.judgement.fees, 15'000);
  EXPECT_EQ(journalled().front().fees, 15'000);
}

TEST_F(ChargerTest, nobody_pays_for_what_is_nobodys_or_has_no_price) {
  Message m = message();
  m.smpp.system_id = "other";
  EXPECT_EQ(charge(m), Refusal::no_account);
  m = message();
  EXPECT_EQ(charge(m, "grey-route"), Refusal::no_price);
  EXPECT_EQ(quota().left, 1'000'000);
  EXPECT_TRUE(journalled().empty());
}

TEST_F(ChargerTest, credit_is_never_overspent_and_its_end_is_told_from_a_ledger_that_is_behind) {
  for (int i = 0; i < 15; ++i) {
    Message m = message();
    EXPECT_EQ(charge(m), Refusal::none);
  }
  Message m = message();
  EXPECT_EQ(charge(m), Refusal::ledger_behind);
  EXPECT_EQ(quota().left, 25'000);
  quota().at_limit = true;
  m = message();
  EXPECT_EQ(charge(m), Refusal::no_credit);
  EXPECT_FALSE(m.judgement.charged);
  EXPECT_EQ(journalled().size(), 15U);
}

TEST_F(ChargerTest, what_was_refused_can_be_charged_later) {
  quota().take(1'000'000);
  Message m = message();
  EXPECT_EQ(charge(m), Refusal::ledger_behind);
  quota().give(65'000);
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_FALSE(m.judgement.charged_before);
}

TEST_F(ChargerTest, the_same_message_again_is_charged_once) {
  const Message first = message();
  Message m = first;
  EXPECT_EQ(charge(m), Refusal::none);
  m = first;
  m.id.low += 1'000;  // its application's retry, on another connection
  m.time_ns += 299 * second;
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_TRUE(m.judgement.charged_before);
  EXPECT_EQ(m.judgement.amount, 0);
  EXPECT_EQ(quota().left, 1'000'000 - 65'000);
  m.time_ns += 2 * second;
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_EQ(quota().left, 1'000'000 - 130'000);
  EXPECT_EQ(journalled().size(), 2U);
}

TEST_F(ChargerTest, messages_that_differ_in_anything_are_charged_each) {
  const Message first = message();
  std::vector<Message> all(9, first);
  all[1].recipient.address = all[1].recipient.number = "447700900124";
  all[2].sender.address = "ACMF";
  all[3].text = "no 2";
  all[4].tpdu.service_centre_time = 5;
  all[5].parts = {.ref = 1, .total = 2, .seq = 1};
  all[6].parts = {.ref = 1, .total = 2, .seq = 2};
  all[7].parts = {.ref = 2, .total = 2, .seq = 2};
  constexpr std::array octets{std::byte{1}};
  all[8].data = octets;
  for (Message& m : all) {
    EXPECT_EQ(charge(m), Refusal::none);
    EXPECT_FALSE(m.judgement.charged_before);
  }
  EXPECT_EQ(journalled().size(), all.size());
}

TEST_F(ChargerTest, without_a_window_for_retries_only_the_same_place_is_the_same) {
  knows_retries = false;
  const Message first = message();
  Message m = first;
  EXPECT_EQ(charge(m), Refusal::none);
  m = first;
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_TRUE(m.judgement.charged_before);
  m = first;
  m.id.low += 1'000;
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_FALSE(m.judgement.charged_before);
}

TEST_F(ChargerTest, a_price_of_a_whole_message_falls_on_the_part_that_comes_first) {
  Amount sum = 0;
  for (const std::uint8_t part : std::array<std::uint8_t, 3>{2, 1, 3}) {
    Message m = message();
    m.parts = {.ref = 9, .total = 3, .seq = part};
    EXPECT_EQ(charge(m, "whole"), Refusal::none);
    EXPECT_FALSE(m.judgement.charged_before);
    EXPECT_EQ(m.judgement.amount, part == 2 ? 90'000 : 0);
    sum += m.judgement.amount;
  }
  EXPECT_EQ(sum, 90'000);
  const auto events = journalled();  // each part is an event all the same
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].part, 2U);
  EXPECT_EQ(events[0].parts, 3U);
}

// Two references of eight bits are the same soon enough.
TEST_F(ChargerTest, a_reference_that_another_message_uses_again_pays_again) {
  const auto send = [&](std::uint8_t part, std::uint64_t at) {
    Message m = message();
    m.time_ns = at;
    m.parts = {.ref = 7, .total = 2, .seq = part};
    EXPECT_EQ(charge(m, "whole"), Refusal::none);
    return m.judgement.amount;
  };
  quota().give(10 * unit);
  Amount sum = 0;
  for (std::uint64_t i = 0; i < 6; ++i) {
    for (const std::uint8_t part : std::array<std::uint8_t, 2>{1, 2})
      sum += send(part, now + i * 10 * second);
  }
  EXPECT_EQ(sum, 6 * 90'000);
  // Its last part comes shortly before the window's end, and the next message after it.
  EXPECT_EQ(send(1, now + 1'000 * second), 90'000);
  EXPECT_EQ(send(2, now + 1'299 * second), 0);
  EXPECT_EQ(send(1, now + 1'301 * second), 90'000);
  EXPECT_EQ(send(2, now + 1'302 * second), 0);
}

TEST_F(ChargerTest, of_two_workers_with_the_same_message_one_charges_it) {
  RecentCharges& shared = recent;
  std::vector<Line> other_memory(Journal::size() / 64 + 1);
  Journal other_journal{std::as_writable_bytes(std::span(other_memory))};
  const auto book = std::make_shared<const Book>(
      Ledger::InForce{.secret = {1, 2, 3, 4}, .accounts = {account}, .prices = prices}, quotas,
      [](const std::string&) { return nullptr; });
  Charger other(book, shared, other_journal, true);
  Message m = message();
  Message same = m;
  charger().recognise(m);
  other.recognise(same);
  EXPECT_EQ(charger().add(m, "domestic"), Refusal::none);
  EXPECT_EQ(other.add(same, "domestic"), Refusal::none);
  EXPECT_EQ(other.commit(same), Refusal::none);
  EXPECT_EQ(charger().commit(m), Refusal::none);
  EXPECT_FALSE(same.judgement.charged_before);
  EXPECT_TRUE(m.judgement.charged_before);
  EXPECT_EQ(m.judgement.amount, 0);
  EXPECT_EQ(quota().left, 1'000'000 - 65'000);
  EXPECT_EQ(journal.waiting() + other_journal.waiting(), 1U);
}

TEST_F(ChargerTest, what_is_paid_for_passes_again_without_money) {
  account.messages_per_second = 1;
  Message m = message();
  Message again = m;
  EXPECT_EQ(charge(m), Refusal::none);
  quota().take(quota().left);
  EXPECT_EQ(charge(again), Refusal::none);
  EXPECT_TRUE(again.judgement.charged_before);
  Message other = message();
  EXPECT_NE(charge(other), Refusal::none);
}

TEST_F(ChargerTest, nobody_pays_for_no_recipients_of_nobody) {
  Message m = message();
  m.smpp.system_id = "unknown";
  charger().recognise(m);
  EXPECT_EQ(charger().commit(m), Refusal::no_account);
}

TEST_F(ChargerTest, what_the_ledger_has_is_not_charged_again) {
  Message m = message();
  charger().ask([&](const MessageId& id, std::uint64_t time_ns) { return id.low == 1 && time_ns == now; });
  EXPECT_EQ(charge(m), Refusal::none);
  EXPECT_TRUE(m.judgement.charged_before);
  EXPECT_EQ(quota().left, 1'000'000);
  Message other = message();
  EXPECT_EQ(charge(other), Refusal::none);
  EXPECT_FALSE(other.judgement.charged_before);
}

TEST_F(ChargerTest, the_next_part_pays_for_the_whole_where_the_first_could_not) {
  quota().take(1'000'000);
  Message m = message();
  m.parts = {.ref = 9, .total = 2, .seq = 1};
  EXPECT_EQ(charge(m, "whole"), Refusal::ledger_behind);
  quota().give(90'000);
  m = message();
  m.parts = {.ref = 9, .total = 2, .seq = 2};
  EXPECT_EQ(charge(m, "whole"), Refusal::none);
  EXPECT_EQ(m.judgement.amount, 90'000);
}

TEST_F(ChargerTest, no_recipient_of_a_refused_part_is_taken_for_paid) {
  account.messages_per_second = 2;
  Message before = message();
  EXPECT_EQ(charge(before), Refusal::none);
  const auto send = [&](std::uint8_t part) {
    Message m = message();
    m.parts = {.ref = 9, .total = 2, .seq = part};
    charger().recognise(m);
    for (const char* number : {"447700900001", "447700900002", "447700900003"}) {
      m.recipient.address = m.recipient.number = number;
      EXPECT_EQ(charger().add(m, "whole"), Refusal::none);
    }
    const Refusal refusal = charger().commit(m);
    EXPECT_EQ(m.judgement.amount, refusal == Refusal::none && part == 1 ? 270'000 : 0);
    return refusal;
  };
  EXPECT_EQ(send(1), Refusal::rate_exceeded);
  account.messages_per_second = 0;
  made = nullptr;
  EXPECT_EQ(send(1), Refusal::none);
  EXPECT_EQ(send(2), Refusal::none);
}

// Part 1 is charged, the process ends, and the next one knows what the ledger has of it: its event.
TEST_F(ChargerTest, a_whole_message_is_paid_once_also_over_a_restart) {
  for (const bool retries : {true, false}) {
    knows_retries = retries;
    made = nullptr;
    Message first = message();
    first.parts = {.ref = 9, .total = 3, .seq = 1};
    first.sender.address = retries ? "ACME" : "EMCA";
    EXPECT_EQ(charge(first, "whole"), Refusal::none);
    EXPECT_EQ(first.judgement.amount, 90'000);
    const Charge event = journalled().back();
    EXPECT_EQ(event.id.low, first.id.low);

    RecentCharges next_recent{10'000, 300 * second};
    next_recent.claim(event.retry, event.time_ns);
    Charger next(std::make_shared<const Book>(
                     Ledger::InForce{.secret = {1, 2, 3, 4}, .accounts = {account}, .prices = prices}, quotas,
                     [](const std::string&) { return nullptr; }),
                 next_recent, journal, retries);
    Message second_part = message();
    second_part.parts = {.ref = 9, .total = 3, .seq = 2};
    second_part.sender.address = first.sender.address;
    Message again = first;
    again.judgement = {};
    Message other = second_part;
    other.id.low += 500;
    other.parts.ref = 10;
    for (Message* const m : {&second_part, &again, &other}) {
      next.recognise(*m);
      EXPECT_EQ(next.charge(*m, "whole"), Refusal::none);
      EXPECT_EQ(m->judgement.amount, m == &other ? 90'000 : 0);
    }
  }
}

TEST_F(ChargerTest, more_than_its_rate_is_refused_and_not_paid) {
  account.messages_per_second = 2;
  for (int i = 0; i < 2; ++i) {
    Message m = message();
    EXPECT_EQ(charge(m), Refusal::none);
  }
  Message m = message();
  EXPECT_EQ(charge(m), Refusal::rate_exceeded);
  EXPECT_EQ(quota().left, 1'000'000 - 130'000);
  m.time_ns += second / 2;
  EXPECT_EQ(charge(m), Refusal::none);
}

TEST_F(ChargerTest, a_full_journal_refuses) {
  while (journal.has_room(1)) journal.write({});
  Message m = message();
  EXPECT_EQ(charge(m), Refusal::ledger_behind);
  EXPECT_EQ(quota().left, 1'000'000);
}

TEST_F(ChargerTest, several_recipients_are_charged_all_or_none) {
  Message m = message();
  charger().recognise(m);
  const auto add = [&](std::string_view number) {
    m.recipient.address = m.recipient.number = number;
    return charger().add(m, "domestic");
  };
  EXPECT_EQ(add("447700900001"), Refusal::none);
  EXPECT_EQ(add("447700900002"), Refusal::none);
  EXPECT_EQ(charger().commit(m), Refusal::none);
  EXPECT_EQ(m.judgement.amount, 130'000);
  const auto events = journalled();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(events[0].id.high, events[1].id.high);

  m = message();
  charger().recognise(m);
  EXPECT_EQ(add("447700900001"), Refusal::none);
  m.recipient.number = {};
  EXPECT_EQ(charger().add(m, "grey-route"), Refusal::no_price);
  charger().discard();
  EXPECT_EQ(journalled().size(), 2U);
  EXPECT_EQ(add("447700900001"), Refusal::none);  // it was not claimed
  EXPECT_EQ(charger().commit(m), Refusal::none);
  EXPECT_FALSE(m.judgement.charged_before);
}

TEST_F(ChargerTest, several_recipients_are_charged_each_also_where_retries_are_not_known) {
  knows_retries = false;
  Message m = message();
  charger().recognise(m);
  for (const char* number : {"447700900001", "447700900002", "447700900003"}) {
    m.recipient.address = m.recipient.number = number;
    EXPECT_EQ(charger().add(m, "domestic"), Refusal::none);
  }
  EXPECT_EQ(charger().commit(m), Refusal::none);
  EXPECT_EQ(m.judgement.amount, 195'000);
}

TEST_F(ChargerTest, a_recipient_named_twice_in_a_message_is_charged_once) {
  Message m = message();
  charger().recognise(m);
  EXPECT_EQ(charger().add(m, "domestic"), Refusal::none);
  EXPECT_EQ(charger().add(m, "domestic"), Refusal::none);
  EXPECT_EQ(charger().commit(m), Refusal::none);
  EXPECT_EQ(m.judgement.amount, 65'000);
}

TEST_F(ChargerTest, what_leaks_has_the_list_price) {
  Message m = message();
  m.smpp.system_id = "other";
  charger().recognise(m);
  EXPECT_TRUE(charger().value_leakage(m));
  EXPECT_EQ(m.judgement.leaked, 80'000);
  EXPECT_EQ(m.judgement.currency, "EUR");
  const auto events = journalled();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(events[0].leaked());
  EXPECT_EQ(events[0].id.low, m.id.low);
  EXPECT_EQ(events[0].amount, 80'000);
  EXPECT_EQ(events[0].tariff.view(), "other") << "its origin";
  EXPECT_EQ(to_string(static_cast<OriginKind>(events[0].part)), "system_id");
}

TEST_F(ChargerTest, what_leaks_leaves_charges_half_of_the_journal) {
  while (journal.has_room(Journal::capacity / 2 + 1)) journal.write({});
  Message m = message();
  m.smpp.system_id = "other";
  charger().recognise(m);
  EXPECT_TRUE(charger().value_leakage(m));
  EXPECT_FALSE(charger().value_leakage(m));
  EXPECT_EQ(m.judgement.leaked, 80'000) << "it is valued all the same";
  EXPECT_EQ(journal.waiting(), Journal::capacity / 2 + 1);
  m = message();
  EXPECT_EQ(charge(m), Refusal::none);
}

TEST_F(ChargerTest, what_an_account_may_not_send_is_kept_for_its_statement) {
  Message m = message();
  charger().recognise(m);
  EXPECT_TRUE(charger().keep_refusal(m, "domestic", Refusal::no_credit));
  const auto events = journalled();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_TRUE(events[0].refused());
  EXPECT_EQ(events[0].account, account.number);
  EXPECT_EQ(events[0].id.low, m.id.low);
  EXPECT_EQ(events[0].amount, 0);
  EXPECT_EQ(events[0].tariff.view(), "domestic");
  EXPECT_EQ(to_string(static_cast<Refusal>(events[0].part)), "no_credit");
  EXPECT_FALSE(m.judgement.charged);
}

TEST_F(ChargerTest, of_nobody_there_is_no_statement) {
  Message m = message();
  m.smpp.system_id = "other";
  charger().recognise(m);
  EXPECT_TRUE(charger().keep_refusal(m, "domestic", Refusal::no_account));
  EXPECT_EQ(journal.waiting(), 0U);
}

TEST_F(ChargerTest, what_is_refused_leaves_charges_half_of_the_journal) {
  while (journal.has_room(Journal::capacity / 2 + 1)) journal.write({});
  Message m = message();
  charger().recognise(m);
  EXPECT_TRUE(charger().keep_refusal(m, "domestic", Refusal::no_credit));
  EXPECT_FALSE(charger().keep_refusal(m, "domestic", Refusal::no_credit));
  EXPECT_EQ(journal.waiting(), Journal::capacity / 2 + 1);
}

TEST_F(ChargerTest, it_says_who_pays_and_by_which_line_also_of_what_it_refuses) {
  prices.push_back({.number = 5,
                    .list = "standard",
                    .tariff = "domestic",
                    .prefix = "4477009",
                    .amount = 1,
                    .currency = "EUR"});
  Message m = message();
  EXPECT_EQ(charge(m, "fees"), Refusal::none);
  ASSERT_NE(charger().account(), nullptr);
  EXPECT_EQ(charger().account()->id, "acme");
  EXPECT_EQ(charger().price(m, "fees")->number, 2U);
  EXPECT_EQ(charger().price(m, "domestic")->number, 5U) << "the longest prefix";
  m.recipient.number = "441632960000";
  EXPECT_EQ(charger().price(m, "domestic")->number, 1U);
  EXPECT_EQ(charger().price(m, "grey-route"), nullptr);
  EXPECT_EQ(charger().list_price(m)->number, 4U);
  quota().left = 0;
  quota().at_limit = true;
  m = message();
  EXPECT_EQ(charge(m, "whole"), Refusal::no_credit);
  EXPECT_EQ(charger().price(m, "whole")->number, 3U);
  m = message();
  m.smpp.system_id = "other";
  charger().recognise(m);
  EXPECT_EQ(charger().account(), nullptr);
  EXPECT_EQ(charger().price(m, "fees"), nullptr);
}

TEST_F(ChargerTest, every_refusal_has_a_sentence) {
  for (int i = static_cast<int>(Refusal::none) + 1; i <= static_cast<int>(Refusal::ledger_behind); ++i) {
    const std::string_view meaning = meaning_of_refusal(to_string(static_cast<Refusal>(i)));
    EXPECT_TRUE(meaning.ends_with('.')) << i;
  }
  EXPECT_EQ(meaning_of_refusal("weather"), "");
}

TEST_F(ChargerTest, rules_see_who_pays) {
  account.senders = {{"ACME", false, 0}};
  Message m = message();
  charger().recognise(m);
  EXPECT_EQ(m.account_sender, "registered");
  EXPECT_EQ(m.account_status, "active");
  quota().suspended = true;
  m.sender.address = "OTHER";
  charger().recognise(m);
  EXPECT_EQ(m.account_sender, "unregistered");
  EXPECT_EQ(m.account_status, "suspended");
  EXPECT_EQ(charger().charge(m, "domestic"), Refusal::suspended);
}

}  // namespace
}  // namespace tollgate::charge
