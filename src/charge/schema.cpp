#include "charge/schema.hpp"

#include <array>

#include <fmt/format.h>
#include <sys/random.h>

namespace tollgate::charge {
namespace {

// A step never changes once it was released: what is to be different is another step.
constexpr std::array steps{
    // 1
    R"(
-- One row. `version` goes up with whatever matters to the packet path, `restored` when a backup takes its place.
CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  schema INTEGER NOT NULL,
  id TEXT NOT NULL,
  secret BLOB NOT NULL,
  version INTEGER NOT NULL,
  restored INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  price_list TEXT NOT NULL,
  currency TEXT NOT NULL,
  payment TEXT NOT NULL CHECK (payment IN ('prepaid', 'postpaid')),
  suspended INTEGER NOT NULL CHECK (suspended IN (0, 1)),
  reason TEXT NOT NULL,
  monthly_limit INTEGER,
  total_limit INTEGER,
  warn_at TEXT NOT NULL,
  messages_per_second INTEGER NOT NULL,
  time_zone TEXT NOT NULL,
  marketing_hours TEXT NOT NULL,
  marketing_days TEXT NOT NULL,
  marketing_zone TEXT NOT NULL
) STRICT;
CREATE TABLE account_mark (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  account INTEGER NOT NULL REFERENCES account (number),
  PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_sender (
  account INTEGER NOT NULL REFERENCES account (number),
  address TEXT NOT NULL,
  prefix INTEGER NOT NULL CHECK (prefix IN (0, 1)),
  since_ns INTEGER NOT NULL,
  PRIMARY KEY (account, address, prefix)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_excluded (
  account INTEGER NOT NULL REFERENCES account (number),
  list TEXT NOT NULL,
  PRIMARY KEY (account, list)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_label (
  account INTEGER NOT NULL REFERENCES account (number),
  label TEXT NOT NULL,
  PRIMARY KEY (account, label)
) STRICT, WITHOUT ROWID;

-- A line never changes but for `until_ns` (0: for ever), when another takes its place.
CREATE TABLE price (
  number INTEGER PRIMARY KEY,
  list TEXT NOT NULL,
  account TEXT NOT NULL,
  tariff TEXT NOT NULL,
  country TEXT NOT NULL,
  prefix TEXT NOT NULL,
  sender_type TEXT NOT NULL,
  label TEXT NOT NULL,
  route TEXT NOT NULL,
  from_ns INTEGER NOT NULL,
  until_ns INTEGER NOT NULL,
  per TEXT NOT NULL CHECK (per IN ('part', 'message')),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  currency TEXT NOT NULL
) STRICT;
CREATE TABLE price_fee (
  price INTEGER NOT NULL REFERENCES price (number),
  name TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  PRIMARY KEY (price, name)
) STRICT, WITHOUT ROWID;

-- Double entry. The balances of all books are zero in sum, in each currency.
-- role: world, revenue, fees, interest (account 0); credit, reserved.
-- detail: of reserved the appliance, of revenue the tariff, of fees which.
CREATE TABLE book (
  number INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('world', 'credit', 'reserved', 'revenue', 'fees', 'interest')),
  detail TEXT NOT NULL,
  currency TEXT NOT NULL,
  balance INTEGER NOT NULL,
  UNIQUE (account, role, detail, currency)
) STRICT;
-- Each with the hash of the one before in `hash`. first and last: of spend and fee, the account's events that it
-- pays, those of the tariff or with fees; else 0. undoes: of correction, the number of the movement; else 0.
CREATE TABLE movement (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  time_ns INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('credit', 'payment', 'reserve', 'release', 'spend', 'fee', 'interest', 'correction')),
  from_book INTEGER NOT NULL REFERENCES book (number),
  to_book INTEGER NOT NULL REFERENCES book (number),
  amount INTEGER NOT NULL CHECK (amount > 0),
  account INTEGER NOT NULL REFERENCES account (number),
  reference TEXT NOT NULL,
  made_by TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  undoes INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX movement_of_account ON movement (account, kind, number);
-- When an account was given credit, or paid, last: the movement, and what it had then.
CREATE TABLE purchase (
  account INTEGER PRIMARY KEY REFERENCES account (number),
  movement INTEGER NOT NULL,
  had INTEGER NOT NULL
) STRICT;

-- What many events have in common.
CREATE TABLE heading (
  number INTEGER PRIMARY KEY,
  tariff TEXT NOT NULL,
  country TEXT NOT NULL,
  operator TEXT NOT NULL,
  route TEXT NOT NULL,
  UNIQUE (tariff, country, operator, route)
) STRICT;
-- Chargeable events, each with the hash of the account's one before in `hash`.
CREATE TABLE event (
  account INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  id BLOB NOT NULL,
  retry BLOB NOT NULL,
  time_ns INTEGER NOT NULL,
  price INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  fees INTEGER NOT NULL,
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  heading INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (account, sequence)
) STRICT, WITHOUT ROWID;
-- By time, since an index by identity alone grows in all places at once.
CREATE UNIQUE INDEX event_identity ON event (time_ns, id);
-- The last event of each account.
CREATE TABLE chain (
  account INTEGER PRIMARY KEY REFERENCES account (number),
  sequence INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

-- What an account's events of a month cost, and the sequence numbers between which they all are.
CREATE TABLE month (
  account INTEGER NOT NULL REFERENCES account (number),
  month TEXT NOT NULL,
  used INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (account, month)
) STRICT, WITHOUT ROWID;
-- Shares of limits that were passed. period: of `month` which; of `credit` and `total`, the number of the movement
-- that gave credit or paid last.
CREATE TABLE warning (
  account INTEGER NOT NULL REFERENCES account (number),
  kind TEXT NOT NULL CHECK (kind IN ('credit', 'month', 'total')),
  period TEXT NOT NULL,
  percent INTEGER NOT NULL,
  time_ns INTEGER NOT NULL,
  PRIMARY KEY (account, kind, period, percent)
) STRICT, WITHOUT ROWID;
)",
    // 2
    R"(
-- Who takes quotas. epoch: goes up whenever all that it has put aside is given back. seen_ns: when it wrote last.
CREATE TABLE appliance (
  name TEXT PRIMARY KEY,
  epoch INTEGER NOT NULL,
  seen_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)",
    // 3
    R"(
-- The largest numbers that were ever given, here or in a ledger whose place this one took: none is given again.
ALTER TABLE meta ADD COLUMN last_account INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN last_price INTEGER NOT NULL DEFAULT 0;
UPDATE meta SET last_account = (SELECT coalesce(max(number), 0) FROM account),
  last_price = (SELECT coalesce(max(number), 0) FROM price);
-- What corrections gave back of `used`.
ALTER TABLE month ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
UPDATE month SET undone = (
  SELECT CAST(coalesce(sum(c.amount), 0) AS BIGINT) FROM movement AS c JOIN movement AS u ON u.number = c.undoes
  WHERE c.kind = 'correction' AND u.kind IN ('spend', 'fee') AND c.account = month.account AND month.month =
    (SELECT min(m.month) FROM month AS m WHERE m.account = c.account AND u.last >= m.first AND u.last <= m.last));
)",
    // 4
    R"(
-- What leaked: messages that nobody paid for, at the list price with its fees, by the day of their packets (UTC).
CREATE TABLE leak (
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL,
  messages INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (day, kind, origin, country, currency)
) STRICT, WITHOUT ROWID;
-- Those of them that are not counted again.
CREATE TABLE leak_counted (
  time_ns INTEGER NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (time_ns, id)
) STRICT, WITHOUT ROWID;
)",
    // 5
    R"(
-- What accounts might not send, by the day of its packets (by the account's clocks).
CREATE TABLE refused (
  account INTEGER NOT NULL,
  day TEXT NOT NULL,
  reason TEXT NOT NULL,
  tariff TEXT NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (account, day, reason, tariff)
) STRICT, WITHOUT ROWID;
-- What is not counted again: leaks, and refused messages, whose identities have an octet more.
ALTER TABLE leak_counted RENAME TO counted;
)",
    // 6
    R"(
-- The file that tells who changes this ledger, of the appliance or configuration that opened it last; empty: none did.
ALTER TABLE meta ADD COLUMN audit TEXT NOT NULL DEFAULT '';
)",
};

/// Such as 3f0c9a52-7e1b-4c6d-9a38-5b2f0d417c86, from chance (RFC 9562 5.4).
std::string random_uuid() {
  std::array<std::uint8_t, 16> octets{};
  if (getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size()))
    throw LedgerError("the system gives no random numbers");
  octets[6] = static_cast<std::uint8_t>(0x40U | (octets[6] & 0x0FU));
  octets[8] = static_cast<std::uint8_t>(0x80U | (octets[8] & 0x3FU));
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", octets[i]);
  return text;
}

void write_meta(sql::Database& database) {
  std::array<std::byte, 32> secret{};
  if (getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size()))
    throw LedgerError("the system gives no random numbers");
  const std::string id = random_uuid();
  database
      .prepare("INSERT INTO meta (one, schema, id, secret, version, restored) VALUES (1, 0, $1, $2, 1, 0)")
      ->run(id, secret);
}

std::int64_t schema_of(sql::Database& database) {
  if (!database.has_table("meta")) return 0;
  const auto statement = database.prepare("SELECT schema FROM meta");
  auto rows = statement->on();
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

std::int64_t newest_schema() { return static_cast<std::int64_t>(steps.size()); }

bool is_up_to_date(sql::Database& database) { return schema_of(database) == newest_schema(); }

void bring_up_to_date(sql::Database& database) {
  if (is_up_to_date(database)) return;  // without waiting for who writes
  sql::Transaction transaction(database, sql::Database::Access::write);
  const std::int64_t schema = schema_of(database);
  if (schema > newest_schema())
    throw LedgerError(
        LedgerError::Reason::newer,
        fmt::format("ledger {}: a later Tollgate made it, or brought it to version {}; this one knows "
                    "versions up to {}: update Tollgate",
                    database.name(), schema, newest_schema()));
  for (auto step = static_cast<std::size_t>(schema); step < steps.size(); ++step) {
    database.execute(steps[step]);
    if (step == 0) write_meta(database);
  }
  database.prepare("UPDATE meta SET schema = $1")->run(newest_schema());
  transaction.commit();
}

}  // namespace tollgate::charge
