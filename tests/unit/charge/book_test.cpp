#include "charge/book.hpp"

#include <array>

#include <gtest/gtest.h>

#include "message/network.hpp"

namespace tollgate::charge {
namespace {

using Kind = Recogniser::Kind;

constexpr std::uint64_t hour = 3'600'000'000'000;

class BookTest : public ::testing::Test {
 protected:
  static Account account(std::uint32_t number, std::string id, std::vector<Recogniser> marks = {}) {
    Account made;
    made.number = number;
    made.id = std::move(id);
    made.recognised_by = std::move(marks);
    made.currency = "EUR";
    return made;
  }
  Book book(std::vector<Account> accounts, std::vector<PriceLine> prices = {}) {
    return {{.accounts = std::move(accounts), .prices = std::move(prices)},
            quotas,
            [this](const std::string& name) { return name == "do-not-contact" ? list : nullptr; }};
  }
  std::string payer(const Book& of) const {
    const Payer* const found = of.payer_of(message);
    return found == nullptr ? "" : found->account.id;
  }
  Refusal refusal(Account of) {
    const Book one = book({std::move(of)});
    const Payer& payer = one.payers().front();
    return payer.refuses(message, payer.has_registered(message));
  }

  Quotas quotas;
  rules::Findings findings;
  std::shared_ptr<const rules::List> list =
      rules::read_list("# type: number\n447700900123\n", "do-not-contact.txt", findings);
  Message message;
};

TEST_F(BookTest, smpp_traffic_is_its_binds_or_its_peers) {
  const Book b = book(
      {account(1, "acme", {{Kind::system_id, "acme01"}}), account(2, "other", {{Kind::peer, "192.0.2.0/24"}}),
       account(3, "nearer", {{Kind::peer, "192.0.2.7"}}), account(4, "link", {{Kind::link, "ic1"}})});
  message.protocol = Protocol::smpp;
  EXPECT_EQ(payer(b), "");
  message.link = "ic1";
  EXPECT_EQ(payer(b), "link");
  message.destination.ip = *read_ip_address("192.0.2.200");
  EXPECT_EQ(payer(b), "other");
  message.origin.ip = *read_ip_address("192.0.2.7");
  EXPECT_EQ(payer(b), "nearer");
  message.smpp.system_id = "unknown";
  EXPECT_EQ(payer(b), "nearer");
  message.smpp.system_id = "acme01";
  EXPECT_EQ(payer(b), "acme");
}

TEST_F(BookTest, map_traffic_is_the_longest_prefixs_of_its_origin) {
  const Book b = book({account(1, "german", {{Kind::gt, "49"}}), account(2, "hub", {{Kind::gt, "491720"}}),
                       account(3, "centre", {{Kind::service_centre, "4477009"}})});
  message.origin.gt = "4917212345";
  EXPECT_EQ(payer(b), "german");
  message.origin.gt = "4917202345";
  EXPECT_EQ(payer(b), "hub");
  message.origin.gt = "3312345";
  message.service_centre = "447700900001";
  EXPECT_EQ(payer(b), "centre");
}

TEST_F(BookTest, an_account_that_is_named_already_is_found_by_its_id) {
  const Book b = book({account(1, "acme")});
  message.origin.account = "acme";  // by `peers:`, or by the table of operators
  EXPECT_EQ(payer(b), "acme");
  message.origin.account = "else";
  EXPECT_EQ(payer(b), "");
}

TEST_F(BookTest, senders_are_registered_whatever_their_letters_from_when_they_count) {
  Account a = account(1, "acme");
  a.senders = {{"ACME", false, 0}, {"Later", false, 2 * hour}, {"4477009", true, 0}};
  message.time_ns = hour;
  const auto with = [&](std::string_view sender) {
    message.sender.address = sender;
    return refusal(a);
  };
  EXPECT_EQ(with("acme"), Refusal::none);
  EXPECT_EQ(with("ACMEX"), Refusal::sender_not_registered);
  EXPECT_EQ(with("447700900001"), Refusal::none);
  EXPECT_EQ(with("44770"), Refusal::sender_not_registered);
  EXPECT_EQ(with("LATER"), Refusal::sender_not_registered);
  message.time_ns = 2 * hour;
  EXPECT_EQ(with("LATER"), Refusal::none);
  a.senders.clear();
  EXPECT_EQ(with("anything"), Refusal::none);
}

TEST_F(BookTest, marketing_has_its_hours_by_the_accounts_clocks) {
  Account a = account(1, "acme");
  a.marketing_hours = "08:00-20:00";
  a.time_zone = "Europe/Berlin";
  message.time_ns = 7 * hour + hour / 2;  // 1970-01-01T08:30 in Berlin
  const std::array<std::string_view, 1> otp{"otp"};
  const std::array<std::string_view, 1> marketing{"marketing"};
  message.judgement.labels = marketing;
  EXPECT_EQ(refusal(a), Refusal::none);
  message.time_ns = 6 * hour + hour / 2;
  EXPECT_EQ(refusal(a), Refusal::hour_not_allowed);
  message.judgement.labels = otp;
  EXPECT_EQ(refusal(a), Refusal::none);
  message.judgement.labels = marketing;
  message.time_ns = 8 * hour;  // a Thursday
  a.marketing_days = "mon tue wed";
  EXPECT_EQ(refusal(a), Refusal::hour_not_allowed);
}

TEST_F(BookTest, marketing_may_have_its_hours_by_the_recipients_clocks) {
  Account a = account(1, "acme");
  a.marketing_hours = "08:00-20:00";
  a.marketing_zone = "recipient";
  const std::array<std::string_view, 1> marketing{"marketing"};
  message.judgement.labels = marketing;
  message.time_ns = 2 * hour;
  message.recipient = {.address = "81312345678", .number = "81312345678", .present = true};  // 11:00 in Tokyo
  EXPECT_EQ(refusal(a), Refusal::none);
  message.recipient = {.address = "4930123456", .number = "4930123456", .present = true};  // 03:00 in Berlin
  EXPECT_EQ(refusal(a), Refusal::hour_not_allowed);
  message.recipient = {};
  EXPECT_EQ(refusal(a), Refusal::hour_not_allowed);  // nobody knows
}

TEST_F(BookTest, excluded_recipients_and_labels_that_are_not_accepted_are_refused) {
  Account a = account(1, "acme");
  a.excluded = {"do-not-contact"};
  message.recipient = {.address = "07700900123", .number = "447700900123", .present = true};
  EXPECT_EQ(refusal(a), Refusal::recipient_excluded);
  message.recipient = {.address = "07700900124", .number = "447700900124", .present = true};
  EXPECT_EQ(refusal(a), Refusal::none);
  a.excluded = {"no-such-list"};
  EXPECT_EQ(refusal(a), Refusal::recipient_excluded) << "any recipient may be on it";
  a.excluded.clear();
  a.labels = {"otp", "transactional"};
  EXPECT_EQ(refusal(a), Refusal::label_not_accepted);
  const std::array<std::string_view, 2> labels{"a2p", "otp"};
  message.judgement.labels = labels;
  EXPECT_EQ(refusal(a), Refusal::none);
}

TEST_F(BookTest, an_accounts_own_prices_come_before_its_lists) {
  Account a = account(1, "acme");
  const Book b =
      book({a, account(2, "other")}, {{.number = 1, .list = "standard", .amount = 10, .currency = "EUR"},
                                      {.number = 2, .account = "acme", .amount = 5, .currency = "EUR"}});
  const auto price = [&](std::size_t payer) {
    return b.payers()[payer]
        .price({.message = message, .tariff = "domestic", .country = "GB", .currency = "EUR"})
        ->number;
  };
  EXPECT_EQ(price(0), 2U);
  EXPECT_EQ(price(1), 1U);
  EXPECT_EQ(b.list_price(message)->number, 1U);
}

TEST_F(BookTest, an_account_beyond_the_bound_is_nobodys) {
  const Book b = book({account(Quotas::most_accounts, "acme", {{Kind::system_id, "acme01"}})});
  message.protocol = Protocol::smpp;
  message.smpp.system_id = "acme01";
  EXPECT_EQ(payer(b), "");
}

}  // namespace
}  // namespace tollgate::charge
