#include "charge/ledger_appliances.hpp"

#include <gtest/gtest.h>

#include "charge/verify.hpp"
#include "unit/charge/charging_support.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t minute_ns = 60 * second_ns;

class LedgerAppliances : public testing::Test {
 protected:
  LedgerAppliances() {
    declare(*north, two_accounts);
    north->credit("acme", 10 * unit, "bill 1", {"clerk", noon_ns});
    north->release_all(noon_ns);  // as at its start
  }
  static LedgerStore::By clerk(std::uint64_t time_ns) { return {"clerk", time_ns}; }

  Folder folder;
  std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> north = open_ledger(path, "north");
  std::unique_ptr<LedgerStore> south = open_ledger(path, "south");
};

TEST_F(LedgerAppliances, each_is_known_with_what_it_has_put_aside_and_when_it_was_seen) {
  wish(*north, acme, 3 * unit, noon_ns + 5);
  wish(*south, acme, 2 * unit, noon_ns + 7);
  wish(*south, bank, 1 * unit, noon_ns + 9);
  const auto all = read_appliances(north->database());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "north");
  EXPECT_EQ(all[0].seen_ns, noon_ns + 5);
  ASSERT_EQ(all[0].aside.size(), 1U);
  EXPECT_EQ(all[0].aside[0].currency, "EUR");
  EXPECT_EQ(all[0].aside[0].amount, 3 * unit);
  EXPECT_EQ(all[1].name, "south");
  EXPECT_EQ(all[1].seen_ns, noon_ns + 9);
  EXPECT_EQ(all[1].aside[0].amount, 3 * unit) << "of both accounts";
}

TEST_F(LedgerAppliances, what_one_had_put_aside_that_is_gone_goes_back) {
  EXPECT_EQ(wish(*south, acme, 10 * unit).amount, 10 * unit);
  EXPECT_EQ(wish(*north, acme, 1).amount, 0);
  EXPECT_EQ(north->in_force().accounts[0].status, Status::suspended);
  const auto released = north->release("south", false, clerk(noon_ns + 10 * minute_ns));
  ASSERT_EQ(released.size(), 1U);
  EXPECT_EQ(released[0].account, "acme");
  EXPECT_EQ(released[0].currency, "EUR");
  EXPECT_EQ(released[0].amount, 10 * unit);
  EXPECT_EQ(balance(*north, acme, "credit"), 10 * unit);
  EXPECT_EQ(north->in_force().accounts[0].status, Status::active) << "there is something to be had again";
  EXPECT_EQ(number(*north, "SELECT count(*) FROM movement WHERE kind = 'release' AND made_by = 'clerk'"), 1);
  EXPECT_EQ(verify(north->database()).fault, std::nullopt);
  EXPECT_TRUE(north->release("south", false, clerk(noon_ns + 11 * minute_ns)).empty()) << "nothing is left";
}

TEST_F(LedgerAppliances, one_that_was_seen_lately_keeps_it_unless_a_person_insists) {
  wish(*south, acme, 4 * unit);
  EXPECT_THROW(north->release("south", false, clerk(noon_ns + 10 * minute_ns - 1)), LedgerError);
  // It lives, though it has nothing to write down.
  south->settle({}, {}, noon_ns + 9 * minute_ns);
  EXPECT_THROW(north->release("south", false, clerk(noon_ns + 10 * minute_ns)), LedgerError);
  EXPECT_THROW(north->release("south", false, clerk(noon_ns - minute_ns)), LedgerError) << "clocks differ";
  EXPECT_EQ(balance(*north, acme, "reserved"), 4 * unit);
  EXPECT_EQ(north->release("south", true, clerk(noon_ns)).size(), 1U);
  EXPECT_EQ(balance(*north, acme, "reserved"), 0);
}

TEST_F(LedgerAppliances, one_that_is_not_known_has_nothing) {
  EXPECT_THROW(north->release("east", true, clerk(noon_ns)), LedgerError);
}

TEST_F(LedgerAppliances, one_that_lives_learns_of_it_once_for_all_accounts) {
  wish(*south, acme, 4 * unit);
  wish(*south, bank, 2 * unit);
  EXPECT_FALSE(south->settle({}, {}, noon_ns).released);
  north->release("south", true, clerk(noon_ns));
  // A transaction that fails has told nothing.
  EXPECT_THROW(south->settle(std::vector<Charge>{charge_of(Quotas::most_accounts, 1)}, {}, noon_ns),
               LedgerError);
  const auto settled = south->settle({}, {}, noon_ns);
  EXPECT_TRUE(settled.released);
  ASSERT_EQ(settled.aside.size(), 2U);
  EXPECT_EQ(settled.aside[0].account, acme);
  EXPECT_EQ(settled.aside[0].amount, 0);
  EXPECT_EQ(settled.aside[1].account, bank);
  EXPECT_EQ(settled.aside[1].amount, 0);
  const auto again = south->settle({}, {}, noon_ns);
  EXPECT_FALSE(again.released);
  EXPECT_TRUE(again.aside.empty());
  EXPECT_FALSE(north->settle({}, {}, noon_ns).released) << "its own was not touched";
}

TEST_F(LedgerAppliances, another_that_starts_under_the_same_name_is_noticed) {
  wish(*south, acme, 4 * unit);
  const auto other = open_ledger(path, "south");
  other->release_all(noon_ns);
  EXPECT_FALSE(other->settle({}, {}, noon_ns).released);
  EXPECT_TRUE(south->settle({}, {}, noon_ns).released);
}

TEST_F(LedgerAppliances, what_it_charged_before_it_knew_is_written_down_all_the_same) {
  wish(*south, acme, 4 * unit);
  north->release("south", true, clerk(noon_ns));
  EXPECT_EQ(wish(*north, acme, 10 * unit).amount, 10 * unit);
  const auto settled = south->settle(std::vector<Charge>{charge_of(acme, 1, 4 * unit)}, {}, noon_ns);
  ASSERT_EQ(settled.uncovered.size(), 1U);
  EXPECT_EQ(settled.uncovered[0].amount, 4 * unit);
  EXPECT_EQ(balance(*north, acme, "credit"), -4 * unit) << "at most what it had put aside";
  EXPECT_EQ(wish(*south, acme, 1).amount, 0);
  EXPECT_EQ(verify(north->database()).fault, std::nullopt);
}

TEST_F(LedgerAppliances, of_a_ledger_that_did_not_know_them_what_is_put_aside_is_found) {
  wish(*south, acme, 4 * unit);
  south->database().execute(
      "DROP TABLE appliance; DROP TABLE leak; DROP TABLE counted; DROP TABLE refused; "
      "ALTER TABLE meta DROP COLUMN last_account; ALTER TABLE meta DROP COLUMN last_price; "
      "ALTER TABLE meta DROP COLUMN audit; ALTER TABLE month DROP COLUMN undone");
  south->database().prepare("UPDATE meta SET schema = 1")->run();
  north = nullptr;
  south = nullptr;
  north = open_ledger(path, "north");
  const auto all = read_appliances(north->database());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, "south");
  EXPECT_EQ(all[0].seen_ns, 0U);
  EXPECT_EQ(north->release("south", false, clerk(noon_ns)).size(), 1U);
}

TEST_F(LedgerAppliances, one_that_lives_drops_its_quotas_and_gets_others) {
  Charging charging(std::move(south));
  charging.settler.begin(noon_ns);
  Quota& quota = charging.quotas.of(acme);
  const Amount ten_messages = 10 * 125'000;  // the dearest line, with its fees
  EXPECT_EQ(quota.left, ten_messages);
  const auto spend = [&](std::uint64_t n) { return charging.spend(charge_of(acme, n)); };
  EXPECT_TRUE(spend(1));
  north->release("south", true, clerk(noon_ns));
  EXPECT_EQ(wish(*north, acme, 10 * unit).amount, 10 * unit);
  EXPECT_TRUE(spend(2)) << "it does not know yet";
  charging.settler.settle(noon_ns + second_ns);
  EXPECT_TRUE(charging.settler.take_told().released);
  EXPECT_FALSE(spend(3));
  EXPECT_EQ(quota.left, 0);
  EXPECT_EQ(balance(*north, acme, "credit"), -2 * 65'000);
  north->credit("acme", 5 * unit, "bill 2", clerk(noon_ns));
  charging.settler.settle(noon_ns + 3 * second_ns);
  EXPECT_EQ(quota.left, ten_messages);
  charging.settler.end(noon_ns + 4 * second_ns);
  EXPECT_EQ(balance(*north, acme, "credit"), 5 * unit - 2 * 65'000);
}

TEST_F(LedgerAppliances, one_that_has_nothing_to_write_down_says_that_it_lives) {
  Charging charging(std::move(south));
  charging.settler.begin(noon_ns);
  for (std::uint64_t at = noon_ns; at <= noon_ns + 20 * minute_ns; at += 10 * second_ns)
    charging.settler.settle(at);
  EXPECT_GE(read_appliances(north->database()).back().seen_ns, noon_ns + 19 * minute_ns);
  EXPECT_THROW(north->release("south", false, clerk(noon_ns + 20 * minute_ns)), LedgerError);
}

}  // namespace
}  // namespace tollgate::charge
