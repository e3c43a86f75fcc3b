#include "charge/ledger_refusals.hpp"

#include <gtest/gtest.h>

#include "charge/statement.hpp"
#include "charge/verify.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

/// 2026-11-22T12:00:00Z is noon.
class LedgerRefusals : public testing::Test {
 protected:
  LedgerRefusals() { declare(*ledger, two_accounts); }

  static Charge refused_of(std::uint32_t account, std::uint64_t n, Refusal refusal,
                           std::uint64_t time_ns = noon_ns) {
    Charge refused = charge_of(account, n, 0, time_ns);
    refused.price = 0;
    refused.part = static_cast<std::uint8_t>(refusal);
    return refused;
  }
  std::vector<AccountStatement::Refused> refused_in(std::uint32_t account, const std::string& month) {
    return read_statement(ledger->database(), account, month).refused;
  }

  Folder folder;
  std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> ledger = open_ledger(path);
};

TEST_F(LedgerRefusals, a_statement_has_them_by_day_reason_and_tariff) {
  Charge grey = refused_of(acme, 3, Refusal::no_price);
  grey.tariff.assign("grey");
  ledger->settle(
      std::vector<Charge>{refused_of(acme, 1, Refusal::no_credit), refused_of(bank, 2, Refusal::suspended),
                          grey, refused_of(acme, 4, Refusal::no_credit)},
      {}, noon_ns);
  ledger->settle(std::vector<Charge>{refused_of(acme, 5, Refusal::no_credit),
                                     refused_of(acme, 6, Refusal::no_credit, noon_ns + day_ns)},
                 {}, noon_ns + day_ns);
  ledger = nullptr;
  ledger = open_ledger(path);
  const auto of_acme = refused_in(acme, "2026-11");
  ASSERT_EQ(of_acme.size(), 3U);
  const auto is = [](const AccountStatement::Refused& one, std::string_view day, std::string_view reason,
                     std::string_view tariff, std::int64_t messages) {
    return one.day == day && one.reason == reason && one.tariff == tariff && one.messages == messages;
  };
  EXPECT_TRUE(is(of_acme[0], "2026-11-22", "no_credit", "domestic", 3));
  EXPECT_TRUE(is(of_acme[1], "2026-11-22", "no_price", "grey", 1));
  EXPECT_TRUE(is(of_acme[2], "2026-11-23", "no_credit", "domestic", 1));
  const auto of_bank = refused_in(bank, "2026-11");
  ASSERT_EQ(of_bank.size(), 1U);
  EXPECT_TRUE(is(of_bank[0], "2026-11-22", "suspended", "domestic", 1));
  EXPECT_TRUE(refused_in(acme, "2026-12").empty());
}

TEST_F(LedgerRefusals, days_and_months_go_by_the_accounts_clocks) {
  ledger->database().prepare("UPDATE account SET time_zone = 'Asia/Tokyo' WHERE number = $1")->run(acme);
  // 23:00 of the 30th in UTC is 08:00 of the 1st in Tokyo.
  const std::uint64_t late_ns = noon_ns + 8 * day_ns + 11 * 3600 * second_ns;
  ledger->settle(std::vector<Charge>{refused_of(acme, 1, Refusal::hour_not_allowed, late_ns)}, {}, late_ns);
  EXPECT_TRUE(refused_in(acme, "2026-11").empty());
  ASSERT_EQ(refused_in(acme, "2026-12").size(), 1U);
  EXPECT_EQ(refused_in(acme, "2026-12")[0].day, "2026-12-01");
}

TEST_F(LedgerRefusals, they_are_no_events_and_move_no_money) {
  ledger->credit("acme", unit, "bill 1", {"clerk", noon_ns});
  wish(*ledger, acme, 100'000);
  const auto settled =
      ledger->settle(std::vector<Charge>{refused_of(acme, 1, Refusal::rate_exceeded), charge_of(acme, 2),
                                         refused_of(acme, 3, Refusal::rate_exceeded)},
                     {}, noon_ns);
  EXPECT_TRUE(settled.known.empty());
  EXPECT_TRUE(settled.uncovered.empty());
  ASSERT_EQ(settled.aside.size(), 1U);
  EXPECT_EQ(settled.aside[0].amount, 35'000);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), 1);
  const AccountStatement statement = read_statement(ledger->database(), acme, "2026-11");
  EXPECT_EQ(statement.events, 1);
  EXPECT_EQ(statement.closing, unit - 65'000);
  EXPECT_EQ(statement.refused.at(0).messages, 2);
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerRefusals, the_same_message_counts_once_as_refused_and_once_as_leaked) {
  const Charge refused = refused_of(acme, 1, Refusal::no_credit);
  Charge leaked = charge_of(0, 1, 80'000);
  leaked.price = domestic_price;
  ledger->settle(std::vector<Charge>{leaked, refused, refused}, {}, noon_ns);
  ledger->settle(std::vector<Charge>{refused, leaked}, {}, noon_ns);
  EXPECT_EQ(refused_in(acme, "2026-11").at(0).messages, 1);
  EXPECT_EQ(number(*ledger, "SELECT sum(messages) FROM leak"), 1);
}

TEST_F(LedgerRefusals, of_an_account_that_the_ledger_does_not_have_nothing_is_made) {
  ledger->settle(std::vector<Charge>{refused_of(77, 1, Refusal::suspended)}, {}, noon_ns);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM account"), 2);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM refused"), 0);
}

TEST_F(LedgerRefusals, a_statement_shows_them_in_each_form) {
  ledger->settle(std::vector<Charge>{refused_of(acme, 1, Refusal::no_credit)}, {}, noon_ns);
  const AccountStatement statement = read_statement(ledger->database(), acme, "2026-11");
  EXPECT_NE(text_of(statement).find("2026-11-22 refused: no_credit"), std::string::npos);
  EXPECT_NE(csv_of(statement).find("refused,2026-11-22,,,domestic,no_credit,1,0.00,EUR\n"),
            std::string::npos);
  EXPECT_NE(json_of(statement).find(R"("reason": "no_credit")"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::charge
