#include <gtest/gtest.h>

#include "charge/verify.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

class LedgerVerify : public testing::Test {
 protected:
  LedgerVerify() {
    declare(*ledger, two_accounts);
    declare(*ledger,
            "prices:\n  - {list: other, tariff: domestic, per: message, amount: 0.065, currency: EUR}\n");
    ledger->credit("acme", 10 * unit, "bill 1", {"clerk", noon_ns});
    const std::vector<Ledger::Wish> wishes{{acme, 5 * unit}, {bank, 5 * unit}};
    std::uint64_t n = 0;
    for (int call = 0; call < 3; ++call) {
      std::vector<Charge> charges;
      for (int i = 0; i < 4; ++i) {
        ++n;
        charges.push_back(charge_of(i % 2 == 0 ? acme : bank, n, 65'000, noon_ns + n));
        Charge& last = charges.back();
        if (i == 1) last.tariff.assign("grey|route");
        if (i == 2) {
          last.price = grey_price;
          last.amount = 100'000;
          last.fees = 25'000;
        }
        if (i == 3) {  // a later part
          last.price = message_price;
          last.amount = 0;
          last.part = last.parts = 2;
        }
      }
      ledger->settle(charges, wishes, noon_ns + n);
    }
  }

  /// What verify says of a ledger of which `change` was made.
  std::string fault_after(const std::string& change) {
    copy(change);
    return changed->fault.value_or("");
  }

  void copy(const std::string& change) {
    const std::string path = folder.file("changed.db");
    std::filesystem::remove(path);
    ledger->database().execute("VACUUM INTO '" + path + "'");
    const auto other = open_ledger(path);
    other->database().execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; " + change);
    changed = verify(other->database());
  }

  static constexpr std::uint32_t message_price = 3;
  Folder folder;
  std::unique_ptr<LedgerStore> ledger = open_ledger(folder.file("ledger.db"));
  std::optional<Verified> changed;
};

TEST_F(LedgerVerify, a_ledger_that_nobody_touched_is_whole) {
  const Verified verified = verify(ledger->database());
  EXPECT_EQ(verified.fault, std::nullopt);
  EXPECT_EQ(verified.events, 12);
  EXPECT_EQ(verified.accounts, 2);
  EXPECT_EQ(verified.movements, number(*ledger, "SELECT count(*) FROM movement"));
}

TEST_F(LedgerVerify, names_the_event_of_which_any_column_was_changed) {
  for (const std::string column : {"id", "retry", "hash"}) {
    EXPECT_TRUE(fault_after("UPDATE event SET " + column + " = CAST(X'41' || substr(" + column +
                            ", 2) AS BLOB) WHERE account = 1 AND sequence = 3")
                    .starts_with("event 3 of account acme"))
        << column << ": " << *changed->fault;
  }
  for (const std::string column : {"time_ns", "price", "amount", "fees", "part", "parts"}) {
    EXPECT_TRUE(
        fault_after("UPDATE event SET " + column + " = " + column + " + 1 WHERE account = 1 AND sequence = 3")
            .starts_with("event 3 of account acme"))
        << column << ": " << changed->fault.value_or("nothing");
  }
  EXPECT_TRUE(fault_after("UPDATE event SET heading = heading + 1 WHERE account = 1 AND sequence = 3")
                  .starts_with("event 3 of account acme"));
  EXPECT_TRUE(fault_after("UPDATE event SET heading = 99 WHERE account = 2 AND sequence = 6")
                  .starts_with("event 6 of account bank"));
}

TEST_F(LedgerVerify, names_the_event_that_is_missing) {
  EXPECT_EQ(fault_after("DELETE FROM event WHERE account = 1 AND sequence = 3"),
            "event 3 of account acme: it is missing");
  EXPECT_EQ(fault_after("DELETE FROM event WHERE account = 2 AND sequence = 6"),
            "event 6 of account bank: it is missing");
  EXPECT_EQ(fault_after("UPDATE event SET sequence = 77 WHERE account = 1 AND sequence = 2"),
            "event 2 of account acme: it is missing");
  EXPECT_EQ(fault_after("UPDATE event SET account = 2, sequence = 7 WHERE account = 1 AND sequence = 6"),
            "event 7 of account bank: its hash is not that of what it says, and of the event before it");
}

TEST_F(LedgerVerify, names_what_was_changed_of_the_names_of_events) {
  for (const std::string column : {"tariff", "country", "operator", "route"}) {
    EXPECT_TRUE(fault_after("UPDATE heading SET " + column + " = " + column + " || 'x' WHERE number = 1")
                    .starts_with("event 1 of account acme"))
        << column;
  }
}

TEST_F(LedgerVerify, names_the_movement_of_which_any_column_was_changed) {
  for (const std::string column : {"time_ns", "amount", "account", "first", "last", "undoes"}) {
    EXPECT_TRUE(fault_after("UPDATE movement SET " + column + " = " + column + " + 1 WHERE number = 4")
                    .starts_with("movement 4: "))
        << column << ": " << changed->fault.value_or("nothing");
  }
  for (const std::string column : {"reference", "made_by"}) {
    EXPECT_TRUE(
        fault_after("UPDATE movement SET " + column + " = 'x' WHERE number = 4").starts_with("movement 4: "))
        << column;
  }
  for (const std::string column : {"id", "hash"}) {
    EXPECT_TRUE(fault_after("UPDATE movement SET " + column + " = CAST(X'41' || substr(" + column +
                            ", 2) AS BLOB) WHERE number = 4")
                    .starts_with("movement 4: "))
        << column;
  }
  EXPECT_TRUE(
      fault_after("UPDATE movement SET kind = 'payment' WHERE number = 4").starts_with("movement 4: "));
  EXPECT_TRUE(
      fault_after("UPDATE movement SET from_book = to_book WHERE number = 4").starts_with("movement 4: "));
  EXPECT_TRUE(fault_after("UPDATE movement SET to_book = 99 WHERE number = 4").starts_with("movement 4: "));
  EXPECT_EQ(fault_after("DELETE FROM movement WHERE number = 4"), "movement 4: it is missing");
  EXPECT_EQ(fault_after("UPDATE movement SET number = 77 WHERE number = 4"), "movement 4: it is missing");
}

TEST_F(LedgerVerify, names_sums_that_do_not_agree) {
  EXPECT_TRUE(fault_after("UPDATE book SET balance = balance + 1 WHERE number = 2").starts_with("book 2 ("))
      << *changed->fault;
  EXPECT_TRUE(fault_after("DELETE FROM movement WHERE number = (SELECT max(number) FROM movement)")
                  .starts_with("book "));
  EXPECT_TRUE(fault_after("UPDATE month SET used = used + 1 WHERE account = 2")
                  .starts_with("the months of account bank"));
  for (const char* change :
       {"UPDATE month SET last = first WHERE account = 2",
        "UPDATE month SET month = '2025-10' WHERE account = 2",
        "UPDATE month SET undone = 1 WHERE account = 2", "DELETE FROM month WHERE account = 2",
        "INSERT INTO month (account, month, used, first, last) VALUES (2, '2025-10', 0, 0, 0)"})
    EXPECT_TRUE(fault_after(change).starts_with("the months of account bank"))
        << change << ": " << changed->fault.value_or("nothing");
  EXPECT_TRUE(fault_after("UPDATE chain SET sequence = sequence - 1 WHERE account = 2")
                  .starts_with("the last event of account bank"));
}

TEST_F(LedgerVerify, names_the_event_that_costs_something_else_than_its_price) {
  EXPECT_EQ(
      fault_after("UPDATE price SET amount = 1 WHERE number = 1"),
      "event 1 of account acme: it costs 65000 millionths and fees of 0, by price line 1 it is 1 and 0");
  EXPECT_TRUE(fault_after("UPDATE price_fee SET amount = 1").starts_with("event 2 of account acme: "));
  EXPECT_TRUE(fault_after("UPDATE price SET currency = 'USD'").starts_with("event 1 of account acme: "));
  EXPECT_TRUE(
      fault_after("UPDATE price SET per = 'part' WHERE number = 3").starts_with("event 2 of account bank: "));
  EXPECT_TRUE(
      fault_after("UPDATE account SET currency = 'USD' WHERE number = 2").starts_with("account bank: "));
  EXPECT_EQ(fault_after("DELETE FROM price_fee; DELETE FROM price WHERE number = 2"), "");
  EXPECT_EQ(changed->without_price, 3) << "as after a restore";
}

TEST_F(LedgerVerify, an_emptied_ledger_is_told_by_what_was_left) {
  const std::string emptied =
      "DELETE FROM movement; DELETE FROM book; DELETE FROM event; DELETE FROM chain; DELETE FROM month;";
  EXPECT_TRUE(fault_after(emptied).starts_with("all events: "));
  EXPECT_TRUE(fault_after(emptied + "DELETE FROM heading").starts_with("movement 1: it is missing"));
}

TEST_F(LedgerVerify, a_forged_event_with_a_good_hash_is_found_by_what_pays_it) {
  // Whoever writes an event and mends its hash has not moved money for it.
  const std::int64_t last = number(*ledger, "SELECT max(sequence) FROM event WHERE account = 1");
  copy("UPDATE movement SET last = last WHERE number = 1");
  EXPECT_EQ(changed->fault, std::nullopt);
  ledger->database().execute(
      "CREATE TEMP TABLE kept AS SELECT * FROM movement; CREATE TEMP TABLE books AS SELECT * FROM book");
  ledger->settle(std::vector<Charge>{charge_of(acme, 99)}, {}, noon_ns);
  ledger->database().execute(
      "DELETE FROM movement WHERE number NOT IN (SELECT number FROM kept); "
      "UPDATE book SET balance = (SELECT balance FROM books WHERE books.number = book.number)");
  EXPECT_EQ(verify(ledger->database()).fault,
            "event " + std::to_string(last + 1) + " of account acme: no movement pays it");
}

TEST_F(LedgerVerify, a_damaged_file_is_named) {
  const std::string path = folder.file("changed.db");
  ledger->database().execute("VACUUM INTO '" + path + "'");
  {
    const auto other = open_ledger(path);
    other->database().execute(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM "
        "sqlite_schema WHERE name = 'book') WHERE name = 'event_identity'");
  }
  const auto other = open_ledger(path);
  try {
    EXPECT_TRUE(verify(other->database()).fault.value_or("").starts_with("the file: "));
  } catch (const LedgerError& error) {
    EXPECT_EQ(error.reason, LedgerError::Reason::damaged);
  }
}

}  // namespace
}  // namespace tollgate::charge
