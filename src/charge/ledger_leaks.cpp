#include "charge/ledger_leaks.hpp"

#include <map>
#include <tuple>

#include "message/origin_name.hpp"

namespace tollgate::charge {

std::vector<LeakedSum> read_leakage(sql::Database& database, const std::string& month) {
  std::vector<LeakedSum> all;
  const auto select = database.prepare(
      "SELECT day, kind, origin, country, currency, messages, amount FROM leak WHERE substr(day, 1, 7) = $1 "
      "ORDER BY day, amount DESC, kind, origin, country, currency");
  for (auto rows = select->on(month); rows.next();)
    all.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.integer(5),
                   rows.integer(6)});
  return all;
}

Leaks::Leaks(sql::Database& database, Counted& counted)
    : counted_(counted),
      add_(database.prepare("UPDATE leak SET messages = messages + $1, amount = amount + $2 WHERE day = $3 "
                            "AND kind = $4 AND origin = $5 AND country = $6 AND currency = $7")),
      rows_(database.prepare("SELECT CAST(count(*) AS BIGINT) FROM leak WHERE day = $1")),
      insert_(database.prepare(
          "INSERT INTO leak (day, kind, origin, country, currency, messages, amount) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (day, kind, origin, country, currency) DO UPDATE "
          "SET messages = leak.messages + excluded.messages, amount = leak.amount + excluded.amount")),
      price_(database.prepare("SELECT currency FROM price WHERE number = $1")),
      utc_(rules::TimeZone::named("UTC")) {}

void Leaks::count(std::span<const Charge> charges, std::span<const std::uint32_t> indexes) {
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  // day, kind, origin, country, price
  using Key = std::tuple<std::uint64_t, std::uint8_t, std::string_view, std::string_view, std::uint32_t>;
  std::map<Key, std::pair<std::int64_t, Amount>> sums;
  for (const std::uint32_t index : indexes) {
    const Charge& leak = charges[index];
    if (!counted_.add(leak)) continue;
    const std::string_view country(leak.country.data(), leak.country[0] == '\0' ? 0 : 2);
    auto& [messages, amount] =
        sums[{leak.time_ns / day_ns, leak.part, leak.tariff.view(), country, leak.price}];
    ++messages;
    amount += leak.amount + leak.fees;
  }
  rows_of_days_.clear();
  for (const auto& [key, sum] : sums) {
    const auto& [day, kind, origin, country, price] = key;
    add({.day = day_at(*utc_, day * day_ns),
         .kind = std::string(to_string(static_cast<OriginKind>(kind))),
         .origin = std::string(origin),
         .country = std::string(country),
         .currency = currency_of(price),
         .messages = sum.first,
         .amount = sum.second});
  }
}

void Leaks::add(const LeakedSum& sum) {
  if (add_->run(sum.messages, sum.amount, sum.day, sum.kind, sum.origin, sum.country, sum.currency) != 0)
    return;
  const auto [place, is_new] = rows_of_days_.try_emplace(sum.day);
  if (is_new) {
    if (auto rows = rows_->on(sum.day); rows.next()) place->second = rows.integer(0);
  }
  const bool is_full = place->second >= most_a_day;
  if (!is_full) ++place->second;
  const std::string_view kind = is_full ? "other" : std::string_view(sum.kind);
  const std::string_view origin = is_full ? "" : std::string_view(sum.origin);
  insert_->run(sum.day, kind, origin, sum.country, sum.currency, sum.messages, sum.amount);
}

std::string Leaks::currency_of(std::uint32_t price) {
  auto rows = price_->on(price);
  return rows.next() ? rows.text(0) : "";
}

}  // namespace tollgate::charge
