#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "charge/quotas.hpp"
#include "charge/verify.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

const LedgerStore::By clerk{"clerk", noon_ns};

class LedgerSettle : public testing::Test {
 protected:
  LedgerSettle() { declare(*ledger, two_accounts); }

  Folder folder;
  std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> ledger = open_ledger(path);
};

TEST_F(LedgerSettle, a_charge_moves_money_from_what_was_put_aside_to_revenue_and_fees) {
  EXPECT_TRUE(ledger->credit("acme", 10 * unit, "bill 1", clerk));
  EXPECT_EQ(wish(*ledger, acme, 1 * unit).amount, 1 * unit);
  Charge grey = charge_of(acme, 2, 100'000);
  grey.tariff.assign("grey-route");
  grey.price = grey_price;
  grey.fees = 25'000;
  const std::vector<Charge> charges{charge_of(acme, 1), grey};
  const auto settled = ledger->settle(charges, {}, noon_ns);
  EXPECT_TRUE(settled.known.empty());
  EXPECT_TRUE(settled.uncovered.empty());
  EXPECT_EQ(balance(*ledger, acme, "credit"), 9 * unit);
  EXPECT_EQ(balance(*ledger, acme, "reserved"), 1 * unit - 65'000 - 100'000 - 25'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'revenue' AND detail = 'domestic'"),
            65'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'revenue' AND detail = 'grey-route'"),
            100'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'fees' AND detail = 'termination'"),
            20'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'fees' AND detail = 'register'"), 5'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'world'"), -10 * unit);
}

TEST_F(LedgerSettle, what_was_charged_before_is_known_and_costs_nothing) {
  ledger->credit("acme", 10 * unit, "bill 1", clerk);
  wish(*ledger, acme, 2 * unit);
  std::vector<Charge> charges{charge_of(acme, 1), charge_of(acme, 2)};
  EXPECT_TRUE(ledger->settle(charges, {}, noon_ns).known.empty());
  charges.push_back(charge_of(acme, 3));
  charges.push_back(charge_of(acme, 1));  // twice in one call
  EXPECT_EQ(ledger->settle(charges, {}, noon_ns).known, (std::vector<std::uint32_t>{0, 1, 3}));
  ledger = nullptr;
  ledger = open_ledger(path);
  EXPECT_EQ(ledger->settle(charges, {}, noon_ns).known, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), 3);
  EXPECT_EQ(balance(*ledger, acme, "reserved"), 2 * unit - 3 * 65'000);
}

// Events are written several together where all of them are new.
TEST_F(LedgerSettle, what_is_known_is_told_from_what_is_new_wherever_it_stands) {
  ledger->credit("acme", 100 * unit, "bill 1", clerk);
  wish(*ledger, acme, 50 * unit);
  std::uint64_t next = 0;
  std::vector<Charge> before;
  for (int i = 0; i < 8; ++i) before.push_back(charge_of(acme, ++next));
  ASSERT_TRUE(ledger->settle(before, {}, noon_ns).known.empty());
  for (const std::vector<std::uint32_t>& places : std::vector<std::vector<std::uint32_t>>{
           {}, {0}, {7}, {15}, {16}, {47}, {0, 15, 16, 31, 32}, {4, 5, 6, 20, 21, 22, 40, 49}}) {
    std::vector<Charge> charges;
    std::vector<std::uint32_t> known;
    for (std::uint32_t i = 0; i < 50; ++i) {
      const bool was_before = std::find(places.begin(), places.end(), i) != places.end();
      charges.push_back(was_before ? before[known.size()] : charge_of(acme, ++next));
      if (was_before) known.push_back(i);
    }
    charges.push_back(charges[1]);  // twice in one call: near, and far away
    charges.insert(charges.begin() + 20, charges[19]);
    for (std::uint32_t& place : known) place += place >= 20 ? 1 : 0;
    known.push_back(20);
    known.push_back(51);
    std::sort(known.begin(), known.end());
    EXPECT_EQ(ledger->settle(charges, {}, noon_ns).known, known);
    EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), static_cast<std::int64_t>(next));
    EXPECT_EQ(number(*ledger, "SELECT max(sequence) FROM event"), static_cast<std::int64_t>(next));
    EXPECT_EQ(balance(*ledger, acme, "reserved"), 50 * unit - static_cast<Amount>(next) * 65'000);
  }
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerSettle, an_event_behind_the_last_one_is_told_and_left_alone) {
  ledger->credit("acme", 100 * unit, "bill 1", clerk);
  wish(*ledger, acme, 50 * unit);
  const std::vector<Charge> first{charge_of(acme, 1)};
  ledger->settle(first, {}, noon_ns);
  ledger->database().execute(
      "INSERT INTO event (account, sequence, id, retry, time_ns, price, amount, fees, part, parts, heading, "
      "hash) "
      "SELECT account, 5, retry, retry, time_ns, price, amount, fees, part, parts, heading, hash FROM event");
  for (const std::uint64_t more : {6U, 40U}) {
    std::vector<Charge> charges;
    for (std::uint64_t n = 2; n < 2 + more; ++n) charges.push_back(charge_of(acme, n));
    EXPECT_THROW(ledger->settle(charges, {}, noon_ns), LedgerError);
    EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), 2);
    EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event WHERE sequence = 5"), 1);
    EXPECT_EQ(balance(*ledger, acme, "reserved"), 50 * unit - 65'000);
  }
}

TEST_F(LedgerSettle, two_appliances_together_get_no_more_than_the_credit) {
  ledger->credit("acme", 5 * unit, "bill 1", clerk);
  const auto other = open_ledger(path, "two");
  EXPECT_EQ(wish(*ledger, acme, 3 * unit).amount, 3 * unit);
  const Ledger::Grant second = wish(*other, acme, 3 * unit);
  EXPECT_EQ(second.amount, 2 * unit);
  EXPECT_TRUE(second.at_limit);
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::active) << "something was to be had still";
  EXPECT_EQ(wish(*ledger, acme, 1).amount, 0);
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::suspended);
  EXPECT_EQ(ledger->in_force().accounts[0].reason, "limit");
  EXPECT_EQ(wish(*other, acme, -1 * unit).amount, -1 * unit);
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::active) << "what one gives back another can have";
  EXPECT_EQ(wish(*ledger, acme, 4 * unit).amount, 1 * unit);
  other->release_all(noon_ns);
  EXPECT_EQ(balance(*ledger, acme, "credit"), 1 * unit);
  EXPECT_EQ(balance(*ledger, acme, "reserved"), 4 * unit) << "the first one's";
}

TEST_F(LedgerSettle, credit_lifts_the_limit_but_not_what_a_person_suspended) {
  EXPECT_EQ(wish(*ledger, acme, 1).amount, 0);
  const std::uint64_t version = ledger->version();
  EXPECT_TRUE(ledger->credit("acme", 1 * unit, "bill 1", clerk));
  EXPECT_GT(ledger->version(), version);
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::active);
  ledger->suspend("acme", "complaints");
  ledger->credit("acme", 1 * unit, "bill 2", clerk);
  EXPECT_EQ(ledger->in_force().accounts[0].reason, "complaints");
  EXPECT_EQ(wish(*ledger, acme, 1).amount, 0);
  ledger->resume("acme");
  EXPECT_EQ(wish(*ledger, acme, 1).amount, 1);
}

TEST_F(LedgerSettle, money_is_booked_once_for_each_reference) {
  EXPECT_TRUE(ledger->credit("acme", 5 * unit, "bill 1", clerk));
  EXPECT_FALSE(ledger->credit("acme", 5 * unit, "bill 1", clerk));
  EXPECT_THROW(ledger->credit("acme", 6 * unit, "bill 1", clerk), LedgerError);
  EXPECT_THROW(ledger->credit("bank", 6 * unit, "bill 2", clerk), LedgerError) << "postpaid";
  EXPECT_THROW(ledger->credit("nobody", 6 * unit, "bill 2", clerk), LedgerError);
  EXPECT_EQ(balance(*ledger, acme, "credit"), 5 * unit);
}

TEST_F(LedgerSettle, a_month_of_postpaid_ends_by_the_clocks_of_the_account) {
  // London has no summer time in November: December begins at midnight UTC.
  constexpr std::uint64_t december_ns = noon_ns + 8 * day_ns + 12 * 3600 * second_ns;
  EXPECT_EQ(wish(*ledger, bank, 80 * unit).amount, 80 * unit);
  std::vector<Charge> charges{charge_of(bank, 1, 70 * unit)};
  ledger->settle(charges, {}, noon_ns);
  Ledger::Grant grant = wish(*ledger, bank, 80 * unit);
  EXPECT_EQ(grant.amount, 20 * unit) << "10 are put aside, 70 are spent, of 100 a month";
  EXPECT_TRUE(grant.at_limit);
  EXPECT_EQ(wish(*ledger, bank, 1, december_ns - 1).amount, 0);
  EXPECT_EQ(ledger->in_force().accounts[1].status, Status::suspended);
  ledger->settle({}, {}, december_ns);
  EXPECT_EQ(ledger->in_force().accounts[1].status, Status::active) << "a new month has begun";
  EXPECT_EQ(wish(*ledger, bank, 80 * unit, december_ns).amount, 50 * unit)
      << "100 of 150 are unpaid or put aside";
  EXPECT_TRUE(ledger->pay("bank", 70 * unit, "invoice 11", clerk));
  EXPECT_EQ(wish(*ledger, bank, 80 * unit, december_ns).amount, 20 * unit)
      << "80 are put aside, of 100 a month";
  charges = {charge_of(bank, 2, 1 * unit, december_ns - 1), charge_of(bank, 3, 2 * unit, december_ns)};
  ledger->settle(charges, {}, december_ns);
  EXPECT_EQ(number(*ledger, "SELECT used FROM month WHERE account = 2 AND month = '2026-11'"), 71 * unit);
  EXPECT_EQ(number(*ledger, "SELECT used FROM month WHERE account = 2 AND month = '2026-12'"), 2 * unit);
}

TEST_F(LedgerSettle, each_share_of_a_limit_is_told_once) {
  const auto percents = [](const Ledger::Settled& settled, Ledger::Warning::Kind kind) {
    std::vector<int> all;
    for (const auto& warning : settled.warnings) {
      if (warning.kind == kind) all.push_back(warning.percent);
    }
    return all;
  };
  using Kind = Ledger::Warning::Kind;
  ledger->credit("acme", 10 * unit, "bill 1", clerk);
  wish(*ledger, acme, 10 * unit);
  const auto spend = [&](std::uint32_t account, std::uint64_t n, Amount amount) {
    const std::vector<Charge> charges{charge_of(account, n, amount)};
    return ledger->settle(charges, {}, noon_ns);
  };
  EXPECT_EQ(percents(spend(acme, 1, 7'999'999), Kind::credit), std::vector<int>{});
  EXPECT_EQ(percents(spend(acme, 2, 1), Kind::credit), std::vector<int>{80});
  EXPECT_EQ(percents(spend(acme, 3, 1), Kind::credit), std::vector<int>{});
  EXPECT_EQ(percents(spend(acme, 4, 1'999'998), Kind::credit), std::vector<int>{95});
  ledger->credit("acme", 10 * unit, "bill 2", clerk);
  wish(*ledger, acme, 10 * unit);
  EXPECT_EQ(percents(spend(acme, 5, 9'500'000), Kind::credit), (std::vector<int>{80, 95}));
  wish(*ledger, bank, 95 * unit);
  const auto of_bank = spend(bank, 6, 95 * unit);
  EXPECT_EQ(percents(of_bank, Kind::month), (std::vector<int>{80, 95}));
  EXPECT_EQ(percents(of_bank, Kind::total), std::vector<int>{}) << "95 of 150";
}

TEST_F(LedgerSettle, what_was_charged_is_written_down_even_where_nothing_was_put_aside) {
  ledger->credit("acme", 1 * unit, "bill 1", clerk);
  const std::vector<Charge> charges{charge_of(acme, 1, 3 * unit)};
  const auto settled = ledger->settle(charges, {}, noon_ns);
  ASSERT_EQ(settled.uncovered.size(), 1U);
  EXPECT_EQ(settled.uncovered[0].account, acme);
  EXPECT_EQ(settled.uncovered[0].amount, 3 * unit);
  ASSERT_EQ(settled.aside.size(), 1U);
  EXPECT_EQ(settled.aside[0].amount, 0);
  EXPECT_EQ(balance(*ledger, acme, "credit"), -2 * unit);
  EXPECT_EQ(wish(*ledger, acme, 1).amount, 0);
}

TEST_F(LedgerSettle, a_charge_to_an_account_that_is_not_there_has_one_of_its_own) {
  ledger->credit("acme", 1 * unit, "bill 1", clerk);
  wish(*ledger, acme, 1 * unit);
  const std::uint64_t version = ledger->version();
  Charge of_another_ledger = charge_of(77, 3);
  of_another_ledger.price = 99;
  const std::vector<Charge> charges{charge_of(acme, 1), charge_of(7, 2), of_another_ledger};
  const auto settled = ledger->settle(charges, {}, noon_ns);
  EXPECT_TRUE(settled.known.empty());
  ASSERT_EQ(settled.uncovered.size(), 2U);
  EXPECT_EQ(settled.uncovered[0].account, 7U);
  EXPECT_EQ(settled.uncovered[0].amount, 65'000);
  EXPECT_EQ(ledger->settle(charges, {}, noon_ns).known.size(), 3U) << "once";
  EXPECT_NE(ledger->version(), version);
  const auto accounts = ledger->in_force().accounts;
  ASSERT_EQ(accounts.size(), 4U);
  EXPECT_EQ(accounts[2].id, "unknown-7");
  EXPECT_EQ(accounts[2].currency, "EUR") << "of the price line";
  EXPECT_EQ(accounts[2].status, Status::suspended);
  EXPECT_EQ(accounts[3].id, "unknown-77");
  EXPECT_EQ(accounts[3].currency, "XXX");
  EXPECT_EQ(balance(*ledger, 7, "credit"), -65'000);
  EXPECT_EQ(wish(*ledger, 7, unit).amount, 0);
  const Verified verified = verify(ledger->database());
  EXPECT_EQ(verified.fault, std::nullopt);
  EXPECT_EQ(verified.unknown, 2);
  // Whoever comes next does not pay for them.
  declare(*ledger, "accounts:\n  - {id: next, currency: EUR}\n");
  EXPECT_EQ(ledger->number_of("next"), 78U);
  rules::Findings findings;
  const auto declared = read_accounts("accounts:\n  - {id: unknown-9, currency: EUR}\n", "a.yaml", findings);
  ASSERT_TRUE(declared);
  EXPECT_FALSE(ledger->declare(*declared, noon_ns, findings));
}

TEST_F(LedgerSettle, a_charge_to_what_is_no_account_changes_nothing) {
  ledger->credit("acme", 1 * unit, "bill 1", clerk);
  const std::vector<Charge> charges{charge_of(acme, 1), charge_of(Quotas::most_accounts, 2)};
  EXPECT_THROW(ledger->settle(charges, {}, noon_ns), LedgerError);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event"), 0);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM movement"), 1);
  // Numbers given in it were not given.
  const std::vector<Charge> good{charge_of(acme, 1)};
  ledger->settle(good, {}, noon_ns);
  EXPECT_EQ(number(*ledger, "SELECT count(*) FROM event JOIN heading ON heading.number = event.heading"), 1);
}

TEST_F(LedgerSettle, charges_are_told_by_their_time) {
  const std::vector<Charge> charges{charge_of(acme, 1, 1, noon_ns), charge_of(bank, 2, 1, noon_ns + 5),
                                    charge_of(acme, 3, 1, noon_ns + 9)};
  ledger->settle(charges, {}, noon_ns);
  std::vector<std::uint64_t> seen;
  ledger->for_each_charge_since(noon_ns + 5,
                                [&](const MessageId& id, const MessageId& retry, std::uint64_t at) {
                                  const Charge& charge = charges[seen.empty() ? 1 : 2];
                                  EXPECT_EQ(id.high, charge.id.high);
                                  EXPECT_EQ(id.low, charge.id.low);
                                  EXPECT_EQ(retry.high, charge.retry.high);
                                  EXPECT_EQ(retry.low, charge.retry.low);
                                  seen.push_back(at);
                                });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{noon_ns + 5, noon_ns + 9}));
}

TEST_F(LedgerSettle, a_correction_is_a_movement_of_its_own_and_made_once) {
  ledger->credit("acme", 10 * unit, "bill 1", clerk);
  wish(*ledger, acme, 1 * unit);
  const std::vector<Charge> charges{charge_of(acme, 1)};
  ledger->settle(charges, {}, noon_ns);
  const std::int64_t spend = number(*ledger, "SELECT number FROM movement WHERE kind = 'spend'");
  const std::int64_t correction = ledger->correct(spend, "complaint 7", clerk);
  EXPECT_EQ(ledger->correct(spend, "complaint 7", clerk), correction);
  EXPECT_EQ(balance(*ledger, acme, "credit"), 9 * unit + 65'000);
  EXPECT_EQ(number(*ledger, "SELECT balance FROM book WHERE role = 'revenue'"), 0);
  EXPECT_EQ(number(*ledger, "SELECT undoes FROM movement WHERE kind = 'correction'"), spend);
  EXPECT_THROW(ledger->correct(correction, "", clerk), LedgerError);
  EXPECT_THROW(ledger->correct(1, "", clerk), LedgerError) << "some of that credit is put aside";
  EXPECT_THROW(ledger->correct(99, "", clerk), LedgerError);
}

TEST_F(LedgerSettle, a_corrected_spend_gives_back_its_month_and_no_other) {
  // Postpaid, 100 a month. The spend is of two months; London is at UTC in winter.
  constexpr std::uint64_t december_ns = noon_ns + 8 * day_ns + 12 * 3600 * second_ns;
  wish(*ledger, bank, 90 * unit);
  const std::vector<Charge> charges{charge_of(bank, 1, 60 * unit, december_ns - 1),
                                    charge_of(bank, 2, 30 * unit, december_ns)};
  ledger->settle(charges, {}, december_ns);
  const auto undone = [&](const std::string& month) {
    return number(*ledger, "SELECT undone FROM month WHERE account = 2 AND month = '" + month + "'");
  };
  EXPECT_EQ(wish(*ledger, bank, 100 * unit, december_ns).amount, 60 * unit) << "90 of 150 are unpaid";
  wish(*ledger, bank, -60 * unit, december_ns);
  ledger->correct(number(*ledger, "SELECT number FROM movement WHERE kind = 'spend'"), "complaint", clerk);
  EXPECT_EQ(undone("2026-11"), 60 * unit);
  EXPECT_EQ(undone("2026-12"), 30 * unit);
  EXPECT_EQ(wish(*ledger, bank, 200 * unit, december_ns).amount, 100 * unit) << "the month is as new";
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerSettle, a_corrected_fee_gives_back_its_own_amount) {
  Charge grey = charge_of(bank, 1, 100'000);
  grey.tariff.assign("grey-route");
  grey.price = grey_price;
  grey.fees = 25'000;
  ledger->settle(std::vector<Charge>{grey, charge_of(bank, 2)}, {}, noon_ns);
  ledger->correct(
      number(*ledger, "SELECT number FROM movement WHERE kind = 'fee' AND reference = 'termination'"), "",
      clerk);
  EXPECT_EQ(number(*ledger, "SELECT undone FROM month WHERE account = 2"), 20'000);
}

TEST_F(LedgerSettle, a_ledger_of_before_learns_what_was_undone_and_which_numbers_were_given) {
  ledger->settle(std::vector<Charge>{charge_of(bank, 1)}, {}, noon_ns);
  ledger->correct(number(*ledger, "SELECT number FROM movement WHERE kind = 'spend'"), "", clerk);
  ledger->database().execute(
      "DROP TABLE leak; DROP TABLE counted; DROP TABLE refused; "
      "ALTER TABLE meta DROP COLUMN last_account; ALTER TABLE meta DROP COLUMN last_price; "
      "ALTER TABLE meta DROP COLUMN audit; ALTER TABLE month DROP COLUMN undone");
  ledger->database().prepare("UPDATE meta SET schema = 2")->run();
  ledger = nullptr;
  ledger = open_ledger(path);
  EXPECT_EQ(number(*ledger, "SELECT undone FROM month"), 65'000);
  EXPECT_EQ(number(*ledger, "SELECT last_account FROM meta"), 2);
  EXPECT_EQ(number(*ledger, "SELECT last_price FROM meta"), 2);
}

TEST_F(LedgerSettle, money_that_cannot_be_counted_is_refused) {
  for (const std::string reference : {"1", "2", "3", "4", "5", "6", "7", "8", "9"})
    EXPECT_TRUE(ledger->credit("acme", most_money, reference, clerk));
  try {
    ledger->credit("acme", most_money, "10", clerk);
    ADD_FAILURE() << "it was booked";
  } catch (const LedgerError& error) {
    EXPECT_EQ(error.reason, LedgerError::Reason::refused);
    EXPECT_NE(std::string(error.what()).find("beyond what a ledger can count"), std::string::npos);
  }
  EXPECT_EQ(balance(*ledger, acme, "credit"), 9 * most_money);
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerSettle, an_account_that_has_no_quota_is_not_taken) {
  ledger->database().prepare("UPDATE meta SET last_account = $1")->run(Quotas::most_accounts - 2);
  declare(*ledger, "accounts:\n  - {id: last, currency: EUR}\n");
  EXPECT_EQ(ledger->number_of("last"), Quotas::most_accounts - 1);
  rules::Findings findings;
  const auto declared = read_accounts("accounts:\n  - {id: one-more, currency: EUR}\n", "a.yaml", findings);
  ASSERT_TRUE(declared);
  EXPECT_FALSE(ledger->declare(*declared, noon_ns, findings));
  EXPECT_NE(text_of(findings).find("a.yaml:2:5: error: found account `one-more`"), std::string::npos)
      << text_of(findings);
  EXPECT_NE(text_of(findings).find("at most 65535"), std::string::npos);
}

/// What money does, as simply as it can be said.
struct Model {
  std::map<std::uint32_t, Amount> credit;
  std::map<std::uint32_t, Amount> reserved;
  Amount revenue = 0;
};

TEST_F(LedgerSettle, does_what_a_simple_model_does_and_sums_stay_zero) {
  constexpr Amount bank_limit = 150 * unit;  // its monthly one is not reached in a model of the total only
  declare(*ledger, R"(
accounts:
  - {id: bank, currency: EUR, payment: postpaid, total_limit: 150, time_zone: Europe/London}
)");
  Model model;
  std::mt19937_64 random(7);
  const auto pick = [&](std::uint64_t n) { return random() % n; };
  std::uint64_t next = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Charge> charges;
    std::vector<Ledger::Wish> wishes;
    std::size_t known = 0;
    const std::uint64_t before = next;
    const std::uint64_t repeats = 5 + 40 * pick(2);
    for (std::uint64_t n = pick(80); n > 0; --n) {
      const std::uint32_t account = pick(2) == 0 ? acme : bank;
      if (before > 0 && pick(repeats) == 0) {
        // Again, whoever it was of.
        const std::uint64_t again = 1 + pick(before);
        Charge charge = charge_of(acme, again);
        charge.time_ns = noon_ns + again;
        charges.push_back(charge);
        ++known;
        continue;
      }
      const auto amount = static_cast<Amount>(pick(50'000));
      if (model.reserved[account] < amount) continue;
      ++next;
      Charge charge = charge_of(account, next, amount, noon_ns + next);
      charges.push_back(charge);
      model.reserved[account] -= amount;
      model.revenue += amount;
    }
    for (const std::uint32_t account : {acme, bank}) {
      if (pick(3) == 0) wishes.push_back({account, static_cast<Amount>(pick(3 * unit)) - 1 * unit});
    }
    const auto settled = ledger->settle(charges, wishes, noon_ns);
    ASSERT_EQ(settled.known.size(), known);
    ASSERT_TRUE(settled.uncovered.empty());
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      const auto [account, amount] = wishes[i];
      const Amount has = model.credit[account] + (account == bank ? bank_limit : 0);
      const Amount expected = amount < 0 ? -std::min(-amount, model.reserved[account])
                                         : std::min(amount, std::max<Amount>(has, 0));
      ASSERT_EQ(settled.grants[i].amount, expected);
      ASSERT_EQ(settled.grants[i].at_limit, amount > 0 && expected < amount);
      model.credit[account] -= expected;
      model.reserved[account] += expected;
    }
    if (pick(10) == 0) {
      ledger->credit("acme", 1 * unit, std::to_string(round), clerk);
      model.credit[acme] += 1 * unit;
    }
    if (pick(50) == 0) {
      ledger->release_all(noon_ns);
      for (auto& [account, amount] : model.reserved) model.credit[account] += std::exchange(amount, 0);
    }
    ASSERT_EQ(balance(*ledger, acme, "credit"), model.credit[acme]);
    ASSERT_EQ(balance(*ledger, bank, "credit"), model.credit[bank]);
    ASSERT_EQ(balance(*ledger, acme, "reserved"), model.reserved[acme]);
    ASSERT_EQ(balance(*ledger, bank, "reserved"), model.reserved[bank]);
    ASSERT_EQ(number(*ledger, "SELECT coalesce(sum(balance), 0) FROM book WHERE role = 'revenue'"),
              model.revenue);
    ASSERT_EQ(number(*ledger, "SELECT sum(balance) FROM book"), 0);
  }
  EXPECT_GT(next, 500U) << "too little happened";
}

}  // namespace
}  // namespace tollgate::charge
