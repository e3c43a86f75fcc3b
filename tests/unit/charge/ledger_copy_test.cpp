#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "charge/schema.hpp"
#include "charge/sqlite.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

/// On SQLite alone: PostgreSQL's ledgers are not copied.
class LedgerCopy : public testing::Test {
 protected:
  LedgerCopy() {
    declare(*live, two_accounts);
    live->credit("acme", 10 * unit, "bill 1", {"clerk", noon_ns});
  }
  static std::unique_ptr<LedgerStore> open(const std::string& path) {
    return LedgerStore::open({.sqlite = path, .postgresql = {}, .appliance = "north"});
  }
  std::unique_ptr<LedgerStore> copy() const {
    auto made = Ledger::open_copy(path, "replay");
    return std::unique_ptr<LedgerStore>(dynamic_cast<LedgerStore*>(made.release()));
  }
  static void settle(Ledger& ledger, const Charge& charge) { ledger.settle({&charge, 1}, {}, noon_ns); }
  std::string octets() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const Folder folder;
  const std::string path = folder.file("ledger.db");
  std::unique_ptr<LedgerStore> live = open(path);
};

TEST_F(LedgerCopy, it_has_the_accounts_prices_and_balances) {
  const Ledger::InForce of_live = live->in_force();
  const auto made = copy();
  const Ledger::InForce of_copy = made->in_force();
  ASSERT_EQ(of_copy.accounts.size(), 2U);
  EXPECT_EQ(of_copy.accounts[0].id, "acme");
  ASSERT_EQ(of_copy.prices.size(), 2U);
  EXPECT_EQ(of_copy.prices[1].fees.size(), 2U);
  EXPECT_EQ(of_copy.secret, of_live.secret);
  EXPECT_EQ(balance(*made, acme, "credit"), 10 * unit);
}

TEST_F(LedgerCopy, what_was_charged_there_can_be_charged_again_and_changes_nothing_there) {
  settle(*live, charge_of(acme, 1));
  live.reset();
  const std::string before = octets();
  {
    const auto made = copy();
    EXPECT_FALSE(made->has(charge_of(acme, 1).id, noon_ns));
    const Charge charge = charge_of(acme, 1);
    EXPECT_TRUE(made->settle({&charge, 1}, {}, noon_ns).known.empty());
    EXPECT_EQ(balance(*made, acme, "credit"), 10 * unit - 2 * 65'000);
    EXPECT_EQ(number(*made, "SELECT count(*) FROM event"), 1);
  }
  EXPECT_EQ(octets(), before);
  EXPECT_EQ(number(*open(path), "SELECT count(*) FROM event"), 1);
}

TEST_F(LedgerCopy, what_appliances_have_put_aside_is_there_to_be_spent) {
  EXPECT_EQ(wish(*live, acme, 10 * unit).amount, 10 * unit);
  EXPECT_EQ(wish(*live, acme, 1).amount, 0) << "suspended at its limit";
  const auto made = copy();
  EXPECT_EQ(balance(*made, acme, "credit"), 10 * unit);
  EXPECT_EQ(made->in_force().accounts[0].status, Status::active);
  EXPECT_EQ(wish(*made, acme, 3 * unit).amount, 3 * unit);
  EXPECT_EQ(balance(*live, acme, "reserved"), 10 * unit) << "as before";
}

TEST_F(LedgerCopy, a_limit_that_is_used_up_is_used_up) {
  settle(*live, charge_of(bank, 1, 100 * unit));  // its monthly limit
  EXPECT_EQ(wish(*copy(), bank, 1).amount, 0);
}

TEST_F(LedgerCopy, it_is_as_of_one_moment_while_another_writes) {
  live->database().begin(sql::Database::Access::write);
  live->database().execute("UPDATE account SET name = 'another'");
  EXPECT_EQ(copy()->in_force().accounts[0].name, "Acme Ltd");
  live->database().rollback();
}

TEST_F(LedgerCopy, an_older_ledger_stays_old) {
  live->database().execute(
      "DROP TABLE leak; DROP TABLE counted; DROP TABLE refused; ALTER TABLE meta DROP COLUMN audit; "
      "UPDATE meta SET schema = 3");
  live.reset();
  EXPECT_EQ(copy()->in_force().accounts.size(), 2U);
  EXPECT_FALSE(is_up_to_date(*open_sqlite_to_read(path)));
}

TEST_F(LedgerCopy, nothing_is_made_where_there_is_no_ledger) {
  EXPECT_THROW(Ledger::open_copy(folder.file("absent.db"), "replay"), LedgerError);
  EXPECT_FALSE(std::filesystem::exists(folder.file("absent.db")));
  live->database().prepare("UPDATE meta SET schema = $1")->run(newest_schema() + 1);
  EXPECT_THROW(copy(), LedgerError) << "of a later Tollgate";
}

}  // namespace
}  // namespace tollgate::charge
