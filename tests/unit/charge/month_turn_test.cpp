#include <random>

#include <gtest/gtest.h>

#include "unit/charge/charging_support.hpp"

// Quotas of a postpaid account where a month ends while they are in use.
namespace tollgate::charge {
namespace {

/// 2026-12-01T00:00:00Z
constexpr std::uint64_t december_ns = noon_ns + 8 * day_ns + 12 * 3600 * second_ns;
constexpr Amount price = 65'000;
constexpr Amount limit = 2 * unit;
constexpr std::uint32_t club = 1;
const char* const accounts = R"(
accounts:
  - {id: club, currency: EUR, payment: postpaid, monthly_limit: 2}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR}
)";

class LedgerMonthTurn : public testing::Test {
 protected:
  LedgerMonthTurn() { declare(*ledger, accounts); }
  Amount used(const std::string& month) {
    return number(*ledger, "SELECT coalesce(sum(used), 0) FROM month WHERE month = '" + month + "'");
  }
  /// So many messages, one each hundredth of a second, as far as they are paid for; gives how many were.
  int send(Charging& charging, int messages) {
    int paid = 0;
    for (int i = 0; i < messages; ++i) {
      now += second_ns / 100;
      if (charging.spend(charge_of(club, ++last, price, now))) ++paid;
      charging.settler.settle(now);
    }
    return paid;
  }

  Folder folder;
  std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> ledger = open_ledger(path);
  std::uint64_t now = december_ns - 10 * second_ns;
  std::uint64_t last = 0;
};

TEST_F(LedgerMonthTurn, a_month_that_was_used_up_refuses_nobody_in_the_next) {
  Charging one(open_ledger(path, "one"));
  one.settler.begin(now);
  EXPECT_EQ(send(one, 900), 30) << "2 EUR";
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::suspended);
  now = december_ns;
  send(one, 101);  // it asks once a second
  EXPECT_EQ(ledger->in_force().accounts[0].status, Status::active);
  EXPECT_GT(used("2026-12"), 0) << "a second after the turn";
  send(one, 900);
  one.settler.end(now);
  EXPECT_EQ(used("2026-11"), 30 * price);
  EXPECT_EQ(used("2026-12"), 30 * price);
}

TEST_F(LedgerMonthTurn, what_is_left_of_a_quota_is_no_more_than_the_next_month_allows) {
  Charging one(open_ledger(path, "one"));
  one.settler.begin(now);
  EXPECT_EQ(send(one, 25), 25);
  EXPECT_GT(one.quotas.of(club).left, 0);
  now = december_ns;
  EXPECT_EQ(send(one, 20), 20) << "at once";
  send(one, 900);
  one.settler.end(now);
  EXPECT_EQ(used("2026-11"), 25 * price);
  EXPECT_EQ(used("2026-12"), 30 * price);
}

TEST_F(LedgerMonthTurn, no_month_costs_more_than_its_limit_whoever_spends) {
  std::mt19937_64 random(7);  // NOLINT(cert-msc51-cpp): the same each time
  Charging one(open_ledger(path, "one"));
  Charging two(open_ledger(path, "two"));
  one.settler.begin(now);
  two.settler.begin(now);
  for (int turn = 0; turn < 5; ++turn) {
    // December, January and March have 31 days, February 28.
    const std::uint64_t at =
        december_ns +
        (std::array<std::uint64_t, 5>{0, 31, 62, 90, 121}.at(static_cast<std::size_t>(turn))) * day_ns;
    now = at - second_ns / 2;
    for (int i = 0; i < 60; ++i) send(random() % 2 == 0 ? one : two, static_cast<int>(random() % 6));
  }
  one.settler.end(now);
  two.settler.end(now);
  for (const char* month : {"2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"}) {
    EXPECT_LE(used(month), limit) << month;
    EXPECT_GT(used(month), 0) << month;
  }
  EXPECT_EQ(balance(*ledger, club, "reserved"), 0);
}

}  // namespace
}  // namespace tollgate::charge
