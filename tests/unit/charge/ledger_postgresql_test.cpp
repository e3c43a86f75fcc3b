#include <gtest/gtest.h>

#include "charge/verify.hpp"
#include "unit/charge/ledger_support.hpp"

// The rest of what a ledger does on PostgreSQL is what the other tests of ledgers say, run with a server.
namespace tollgate::charge {
namespace {

class LedgerPostgresql : public testing::Test {
 protected:
  void SetUp() override {
    if (test_server() == nullptr) GTEST_SKIP() << "TOLLGATE_TEST_POSTGRESQL names no server";
  }
  Folder folder;
};

TEST_F(LedgerPostgresql, a_server_that_is_killed_loses_nothing_and_is_found_again) {
  const auto ledger = open_ledger(folder.file("ledger.db"));
  declare(*ledger, two_accounts);
  ledger->credit("acme", 10 * unit, "bill 1", {"clerk", noon_ns});
  wish(*ledger, acme, 5 * unit);
  std::vector<Charge> charges{charge_of(acme, 1), charge_of(acme, 2)};
  ledger->settle(charges, {}, noon_ns);
  const auto restart = [] { return std::system(std::getenv("TOLLGATE_TEST_POSTGRESQL_RESTART")); };
  const std::uint64_t version = ledger->version();
  ASSERT_EQ(restart(), 0);
  EXPECT_THROW(ledger->version(), LedgerError);
  EXPECT_EQ(ledger->version(), version);
  ASSERT_EQ(restart(), 0);
  charges.push_back(charge_of(acme, 3));
  Ledger::Settled settled;
  try {
    settled = ledger->settle(charges, {}, noon_ns);
  } catch (const LedgerError& error) {
    EXPECT_EQ(error.reason, LedgerError::Reason::unreachable) << error.what();
    settled = ledger->settle(charges, {}, noon_ns);
  }
  EXPECT_EQ(settled.known, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(balance(*ledger, acme, "reserved"), 5 * unit - 3 * 65'000);
  EXPECT_EQ(verify(ledger->database()).fault, std::nullopt);
}

TEST_F(LedgerPostgresql, a_server_that_is_not_there_is_told_without_the_password) {
  try {
    LedgerStore::open({.postgresql = "host=/nowhere password=secret"});
    FAIL() << "it was opened";
  } catch (const LedgerError& error) {
    EXPECT_EQ(error.reason, LedgerError::Reason::unreachable);
    EXPECT_EQ(std::string_view(error.what()).find("secret"), std::string_view::npos) << error.what();
  }
}

TEST_F(LedgerPostgresql, the_ledger_is_whole_after_two_appliances) {
  const std::string path = folder.file("ledger.db");
  const auto one = open_ledger(path, "one");
  declare(*one, two_accounts);
  one->credit("acme", 10 * unit, "bill 1", {"clerk", noon_ns});
  const auto two = open_ledger(path, "two");
  Amount granted = 0;
  for (std::uint64_t n = 0; n < 20; ++n) {
    LedgerStore& ledger = n % 2 == 0 ? *one : *two;
    const Ledger::Grant grant = wish(ledger, acme, unit);
    granted += grant.amount;
    Charge charge = charge_of(acme, n, grant.amount);
    charge.fees = 0;
    if (grant.amount != 0) ledger.settle(std::vector<Charge>{charge}, {}, noon_ns);
  }
  EXPECT_EQ(granted, 10 * unit);
  EXPECT_EQ(balance(*one, acme, "credit"), 0);
  EXPECT_EQ(verify(one->database()).fault, std::nullopt);
}

}  // namespace
}  // namespace tollgate::charge
