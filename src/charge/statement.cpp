#include "charge/statement.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

namespace tollgate::charge {
namespace {

using Reason = LedgerError::Reason;

/// An account's clocks and name.
struct Owner {
  AccountStatement statement;
  std::shared_ptr<const rules::TimeZone> zone;
};

Owner read_owner(sql::Database& database, std::uint32_t account) {
  Owner owner;
  const auto select =
      database.prepare("SELECT id, name, currency, payment, time_zone FROM account WHERE number = $1");
  auto rows = select->on(account);
  if (!rows.next())
    throw LedgerError(Reason::refused, fmt::format("there is no account of number {}", account));
  owner.statement.account = rows.text(0);
  owner.statement.name = rows.text(1);
  owner.statement.currency = rows.text(2);
  owner.statement.prepaid = rows.view(3) == "prepaid";
  owner.statement.time_zone = rows.text(4);
  owner.zone = rules::TimeZone::named(owner.statement.time_zone);
  if (owner.zone == nullptr)
    throw LedgerError(Reason::damaged, fmt::format("account `{}`: `{}` is no time zone that is known here",
                                                   owner.statement.account, owner.statement.time_zone));
  return owner;
}

/// Movements of the account's money that are not its events', before `end_ns`: in the month to `entries`, the
/// sum of those before it is given.
Amount read_entries(sql::Database& database, std::uint32_t account, const rules::TimeZone& zone,
                    AccountStatement& statement) {
  const auto select = database.prepare(
      "SELECT m.number, m.time_ns, m.kind, m.reference, m.amount, t.account FROM movement AS m "
      "JOIN book AS t ON t.number = m.to_book WHERE m.account = $1 AND m.kind = $2 AND m.time_ns < $3");
  Amount before = 0;
  std::map<std::int64_t, AccountStatement::Entry> entries;
  for (const std::string_view kind : {"credit", "payment", "interest", "correction"}) {
    for (auto rows = select->on(account, kind, statement.month.end_ns); rows.next();) {
      const Amount amount = rows.integer(5) == account ? rows.integer(4) : -rows.integer(4);
      const auto time_ns = rows.as<std::uint64_t>(1);
      if (time_ns < statement.month.begin_ns) before += amount;
      else
        entries[rows.integer(0)] = {rows.integer(0), day_at(zone, time_ns), rows.text(2), rows.text(3),
                                    amount};
    }
  }
  for (auto& [number, entry] : entries) statement.entries.push_back(std::move(entry));
  return before;
}

/// What all events cost in the months before.
Amount used_before(sql::Database& database, std::uint32_t account, const std::string& month) {
  const auto select = database.prepare(
      "SELECT CAST(coalesce(sum(used), 0) AS BIGINT) FROM month WHERE account = $1 AND month < $2");
  auto rows = select->on(account, month);
  return rows.next() ? rows.integer(0) : 0;
}

using FeesOfPrices = std::map<std::int64_t, std::vector<std::pair<std::string, Amount>>>;

FeesOfPrices read_fees(sql::Database& database) {
  FeesOfPrices fees;
  const auto select = database.prepare("SELECT price, name, amount FROM price_fee ORDER BY price, name");
  for (auto rows = select->on(); rows.next();)
    fees[rows.integer(0)].emplace_back(rows.text(1), rows.integer(2));
  return fees;
}

/// As the fee movements were: by name where the price line has these fees, else `other`.
void count_fees(const FeesOfPrices& all, std::int64_t price, Amount sum,
                std::map<std::string, AccountStatement::Fee>& fees) {
  const auto add = [&](const std::string& name, Amount amount) {
    AccountStatement::Fee& fee = fees[name];
    fee.name = name;
    ++fee.events;
    fee.amount += amount;
  };
  const auto found = all.find(price);
  const bool whole =
      found != all.end() && std::accumulate(found->second.begin(), found->second.end(), Amount{0},
                                            [](Amount a, const auto& fee) { return a + fee.second; }) == sum;
  if (!whole) return add("other", sum);
  for (const auto& [name, amount] : found->second) add(name, amount);
}

void read_events(sql::Database& database, std::uint32_t account, const rules::TimeZone& zone,
                 AccountStatement& statement) {
  std::int64_t first = 0;
  std::int64_t last = -1;
  const auto bounds = database.prepare("SELECT first, last FROM month WHERE account = $1 AND month = $2");
  if (auto rows = bounds->on(account, statement.month.name); rows.next()) {
    first = rows.integer(0);
    last = rows.integer(1);
  }
  const FeesOfPrices fees_of_prices = read_fees(database);
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  std::map<std::int64_t, Key> headings;
  const auto select_headings = database.prepare("SELECT number, tariff, country, operator FROM heading");
  for (auto rows = select_headings->on(); rows.next();)
    headings[rows.integer(0)] = {"", rows.text(2), rows.text(3), rows.text(1)};
  const auto select = database.prepare(
      "SELECT time_ns, heading, amount, fees, price FROM event WHERE account = $1 AND sequence >= $2 AND "
      "sequence <= $3 AND time_ns >= $4 AND time_ns < $5 ORDER BY sequence");
  std::map<std::pair<std::string, std::int64_t>, std::pair<std::int64_t, Amount>> by_heading;
  std::map<std::string, AccountStatement::Fee> fees;
  Days days(zone);
  for (auto rows = select->on(account, first, last, statement.month.begin_ns, statement.month.end_ns);
       rows.next();) {
    auto& [events, amount] = by_heading[{days.of(rows.as<std::uint64_t>(0)), rows.integer(1)}];
    ++events;
    amount += rows.integer(2);
    ++statement.events;
    statement.charged += rows.integer(2);
    if (rows.integer(3) == 0) continue;
    statement.fees_sum += rows.integer(3);
    count_fees(fees_of_prices, rows.integer(4), rows.integer(3), fees);
  }
  // Headings that differ in the route only are one group.
  std::map<Key, std::pair<std::int64_t, Amount>> groups;
  for (const auto& [key, sums] : by_heading) {
    Key group = headings[key.second];
    std::get<0>(group) = key.first;
    groups[group].first += sums.first;
    groups[group].second += sums.second;
  }
  for (const auto& [key, sums] : groups)
    statement.groups.push_back(
        {std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), sums.first, sums.second});
  for (auto& [name, fee] : fees) statement.fees.push_back(std::move(fee));
}

void read_refused(sql::Database& database, std::uint32_t account, AccountStatement& statement) {
  const auto select = database.prepare(
      "SELECT day, reason, tariff, messages FROM refused WHERE account = $1 AND substr(day, 1, 7) = $2 "
      "ORDER BY day, reason, tariff");
  for (auto rows = select->on(account, statement.month.name); rows.next();)
    statement.refused.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
}

Month month_asked_for(const Owner& owner, const std::string& month) {
  const auto named = month_named(*owner.zone, month);
  if (!named)
    throw LedgerError(Reason::refused, fmt::format("`{}` is no month; write one as 2026-11", month));
  return *named;
}

AccountStatement read(sql::Database& database, std::uint32_t account, const std::string& month,
                      Owner& owner) {
  owner = read_owner(database, account);
  AccountStatement statement = owner.statement;
  statement.month = month_asked_for(owner, month);
  statement.opening = read_entries(database, account, *owner.zone, statement) -
                      used_before(database, account, statement.month.name);
  read_events(database, account, *owner.zone, statement);
  read_refused(database, account, statement);
  statement.closing = statement.opening - statement.charged - statement.fees_sum;
  for (const auto& entry : statement.entries) statement.closing += entry.amount;
  return statement;
}

}  // namespace

AccountStatement read_statement(sql::Database& database, std::uint32_t account, const std::string& month) {
  sql::Transaction transaction(database, sql::Database::Access::read);
  Owner owner;
  return read(database, account, month, owner);
}

namespace {

constexpr std::uint64_t day_ns = 86'400'000'000'000;

/// What an account paid, or what was given back of that.
struct Paid {
  std::uint64_t time_ns = 0;
  Amount amount = 0;  ///< above 0: to the account
};

/// Interest takes of what was paid, and gives it back where it is undone. What is undone of charges makes
/// months cheaper, it is no payment.
std::vector<Paid> read_payments(sql::Database& database, std::uint32_t account) {
  const auto select = database.prepare(
      "SELECT m.time_ns, m.amount, u.kind FROM movement AS m LEFT JOIN movement AS u ON u.number = m.undoes "
      "WHERE m.account = $1 AND m.kind = $2");
  std::vector<Paid> payments;
  for (const std::string_view kind : {"payment", "credit", "interest", "correction"}) {
    for (auto rows = select->on(account, kind); rows.next();) {
      const bool correction = kind == "correction";
      const std::string_view of = correction ? rows.view(2) : kind;
      if (of == "spend" || of == "fee") continue;
      const bool takes = (of == "interest") != correction;
      payments.push_back({rows.as<std::uint64_t>(0), takes ? -rows.integer(1) : rows.integer(1)});
    }
  }
  return payments;
}

Amount paid_until(const std::vector<Paid>& payments, std::uint64_t time_ns) {
  return std::accumulate(payments.begin(), payments.end(), Amount{0}, [&](Amount sum, const Paid& one) {
    return one.time_ns < time_ns ? sum + one.amount : sum;
  });
}

/// What the account's events cost up to the month and with it, but for what was given back of that.
Amount owed_until(sql::Database& database, std::uint32_t account, const std::string& month) {
  const auto select = database.prepare(
      "SELECT CAST(coalesce(sum(used - undone), 0) AS BIGINT) FROM month WHERE account = $1 AND month <= $2");
  auto rows = select->on(account, month);
  return rows.next() ? rows.integer(0) : 0;
}

Amount undone_of(sql::Database& database, std::uint32_t account, const std::string& month) {
  const auto select = database.prepare("SELECT undone FROM month WHERE account = $1 AND month = $2");
  auto rows = select->on(account, month);
  return rows.next() ? rows.integer(0) : 0;
}

Amount interest_booked(sql::Database& database, std::uint32_t account, const std::string& invoice) {
  const auto select = database.prepare(
      "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM movement "
      "WHERE account = $1 AND kind = 'interest' AND reference = $2");
  auto rows = select->on(account, invoice);
  return rows.next() ? rows.integer(0) : 0;
}

Amount interest_undone(sql::Database& database, std::uint32_t account, const std::string& invoice) {
  const auto select = database.prepare(
      "SELECT CAST(coalesce(sum(c.amount), 0) AS BIGINT) FROM movement AS c JOIN movement AS u ON u.number = "
      "c.undoes WHERE c.account = $1 AND c.kind = 'correction' AND u.kind = 'interest' AND u.reference = $2");
  auto rows = select->on(account, invoice);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

Invoice read_invoice(sql::Database& database, std::uint32_t account, const std::string& month,
                     const Invoice::Terms& terms, std::uint64_t time_ns) {
  sql::Transaction transaction(database, sql::Database::Access::read);
  return invoice_of(database, account, month, terms, time_ns);
}

Invoice invoice_of(sql::Database& database, std::uint32_t account, const std::string& month,
                   const Invoice::Terms& terms, std::uint64_t time_ns) {
  Owner owner;
  Invoice invoice;
  invoice.statement = read(database, account, month, owner);
  const AccountStatement& statement = invoice.statement;
  if (statement.prepaid)
    throw LedgerError(Reason::refused, fmt::format("account `{}` is prepaid: it has statements, no invoices",
                                                   statement.account));
  const Month& of = statement.month;
  if (time_ns < of.end_ns)
    throw LedgerError(Reason::refused,
                      fmt::format("{} is not over by the clocks of {}; `tollgate account statement` "
                                  "shows what there is of it",
                                  of.name, statement.time_zone));
  invoice.number = fmt::format("{}-{}", statement.account, of.name);
  invoice.dated = day_at(*owner.zone, of.end_ns);
  // At noon, which is on its day also where clocks are set.
  const auto noon_after = [&](std::uint64_t days) { return of.end_ns + days * day_ns + day_ns / 2; };
  invoice.due = day_at(*owner.zone, noon_after(terms.due_days));
  invoice.total = statement.charged + statement.fees_sum - undone_of(database, account, of.name);
  // Owed for this month and those before, but for what was paid: of it, at most this month's.
  const Amount owed = owed_until(database, account, of.name);
  const std::vector<Paid> payments = read_payments(database, account);
  const auto unpaid_at = [&](std::uint64_t at) {
    return std::clamp<Amount>(owed - paid_until(payments, at), 0, std::max<Amount>(invoice.total, 0));
  };
  invoice.unpaid = unpaid_at(time_ns);
  for (std::uint64_t day = terms.due_days + 1; noon_after(day) <= time_ns; ++day) {
    const std::uint64_t noon = noon_after(day);
    const Amount unpaid = unpaid_at(noon);
    if (unpaid == 0) continue;  // a payment can be undone
    const Month in = month_at(*owner.zone, noon);
    const auto days = static_cast<Amount>((in.end_ns - in.begin_ns + day_ns / 2) / day_ns);
    // By parts: an amount times a rate could be too large.
    const auto rate = static_cast<Amount>(terms.interest_millionths);
    invoice.interest += (unpaid / unit * rate + unpaid % unit * rate / unit) / days;
    ++invoice.days_late;
    invoice.interest_until = day_at(*owner.zone, noon);
  }
  invoice.interest_booked = interest_booked(database, account, invoice.number);
  invoice.interest_undone = interest_undone(database, account, invoice.number);
  return invoice;
}

}  // namespace tollgate::charge
