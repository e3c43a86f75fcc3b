#include "charge/ledger_undone.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "charge/charge.hpp"
#include "charge/ledger_error.hpp"
#include "charge/ledger_month.hpp"

namespace tollgate::charge {
namespace {

/// The events that a movement paid, and what it paid of each: the price of those of its tariff, or the fee of
/// its name.
constexpr std::string_view of_spend =
    "SELECT e.time_ns, e.amount FROM movement AS m JOIN event AS e ON e.account = m.account AND "
    "e.sequence >= m.first AND e.sequence <= m.last JOIN heading AS h ON h.number = e.heading AND "
    "h.tariff = m.reference WHERE m.number = $1 ORDER BY e.sequence";
constexpr std::string_view of_fee =
    "SELECT e.time_ns, f.amount FROM movement AS m JOIN event AS e ON e.account = m.account AND e.sequence "
    ">= m.first AND e.sequence <= m.last AND e.fees <> 0 JOIN price_fee AS f ON f.price = e.price AND f.name "
    "= m.reference WHERE m.number = $1 ORDER BY e.sequence";

struct Spent {
  std::string kind;
  Amount amount = 0;
  std::uint32_t account = 0;
  std::uint64_t last_ns = 0;  ///< the time of the last event that it paid
};

Spent read_spent(sql::Database& database, std::int64_t movement) {
  const auto select = database.prepare(
      "SELECT m.kind, m.amount, m.account, e.time_ns FROM movement AS m JOIN event AS e ON e.account = "
      "m.account AND e.sequence = m.last WHERE m.number = $1");
  auto rows = select->on(movement);
  if (!rows.next())
    throw LedgerError(LedgerError::Reason::damaged,
                      fmt::format("movement {}: the events that it paid are missing", movement));
  return {rows.text(0), rows.integer(1), rows.as<std::uint32_t>(2), rows.as<std::uint64_t>(3)};
}

}  // namespace

void give_back_in_months(sql::Database& database, std::int64_t movement, const rules::TimeZone& zone) {
  const Spent spent = read_spent(database, movement);
  std::map<std::string, Amount> months;
  Amount rest = spent.amount;
  {
    const auto select = database.prepare(spent.kind == "fee" ? of_fee : of_spend);
    for (auto rows = select->on(movement); rows.next() && rest != 0;) {
      const Amount part = std::min<Amount>(rest, rows.integer(1));
      months[month_at(zone, rows.as<std::uint64_t>(0)).name] += part;
      rest -= part;
    }
  }
  // Fees of which the price line says nothing have no name in it.
  if (rest != 0) months[month_at(zone, spent.last_ns).name] += rest;
  const auto change =
      database.prepare("UPDATE month SET undone = undone + $1 WHERE account = $2 AND month = $3");
  for (const auto& [month, amount] : months) change->run(amount, spent.account, month);
}

}  // namespace tollgate::charge
