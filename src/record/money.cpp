#include "record/money.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/amount.hpp"

namespace tollgate::record {
namespace {

void count(Money::ByCurrency& sums, std::string_view currency, std::int64_t amount) {
  MoneySum& sum = sums.try_emplace(std::string(currency)).first->second;
  ++sum.messages;
  sum.amount += amount;
}

void subtract(Money::ByCurrency& from, const Money::ByCurrency& what) {
  for (const auto& [currency, sum] : what) {
    MoneySum& less = from[currency];
    less.messages -= sum.messages;
    less.amount -= sum.amount;
  }
}

nlohmann::ordered_json sums(const Money::ByCurrency& by_currency) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& [currency, sum] : by_currency)
    out[currency] = {{"messages", sum.messages}, {"amount", sum.amount}};
  return out;
}

}  // namespace

std::string written_amount(std::int64_t amount, std::string_view currency) {
  return fmt::format("{} {}", charge::write_amount(amount), currency);
}

void Money::add(const Judgement& judgement) {
  if (!judgement.charge_refused.empty()) ++refused[judgement.charge_refused];
  if (judgement.charged_before) {
    ++repeated;
  } else if (judgement.charged) {
    count(charged, judgement.currency, judgement.amount);
    if (judgement.fees != 0) count(fees, judgement.currency, judgement.fees);
  }
  if (judgement.leaked != 0) count(leaked, judgement.currency, judgement.leaked);
}

Money difference(const Money& before, const Money& after) {
  Money more = after;
  subtract(more.charged, before.charged);
  subtract(more.fees, before.fees);
  subtract(more.leaked, before.leaked);
  more.repeated -= before.repeated;
  for (const auto& [reason, count] : before.refused) more.refused[reason] -= count;
  return more;
}

nlohmann::ordered_json to_json(const Money& money) {
  nlohmann::ordered_json out;
  out["charged"] = sums(money.charged);
  out["fees"] = sums(money.fees);
  out["charged_before"] = money.repeated;
  auto& refused = out["charge_refused"] = nlohmann::ordered_json::object();
  for (const auto& [reason, count] : money.refused) refused[std::string(reason)] = count;
  out["leaked"] = sums(money.leaked);
  return out;
}

}  // namespace tollgate::record
