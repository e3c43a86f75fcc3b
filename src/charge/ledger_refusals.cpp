#include "charge/ledger_refusals.hpp"

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "charge/ledger_month.hpp"

namespace tollgate::charge {

Refusals::Refusals(sql::Database& database, Counted& counted)
    : counted_(counted),
      add_(database.prepare(
          "INSERT INTO refused (account, day, reason, tariff, messages) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (account, day, reason, tariff) DO UPDATE SET messages = refused.messages + "
          "excluded.messages")) {}

void Refusals::count(std::span<const Charge> charges, std::span<const std::uint32_t> indexes,
                     const rules::TimeZone& zone) {
  // day, reason, tariff
  std::map<std::tuple<std::string, std::uint8_t, std::string_view>, std::int64_t> sums;
  Days days(zone);
  for (const std::uint32_t index : indexes) {
    const Charge& refused = charges[index];
    if (counted_.add(refused)) ++sums[{days.of(refused.time_ns), refused.part, refused.tariff.view()}];
  }
  for (const auto& [key, messages] : sums) {
    const auto& [day, reason, tariff] = key;
    add_->run(charges[indexes.front()].account, day, to_string(static_cast<Refusal>(reason)), tariff,
              messages);
  }
}

}  // namespace tollgate::charge
