#include "record/revenue.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "message/origin_name.hpp"

namespace tollgate::record {
namespace {

constexpr std::string_view others = "others";
constexpr std::size_t shown_origins = 10;

std::string origin_of(const Message& message) {
  const OriginName origin = name_of_origin(message);
  return std::string(origin.name.empty() ? to_string(origin.kind) : origin.name);
}

template <class Count>
void line(std::string& out, std::string_view name, Count count, std::string_view meaning) {
  fmt::format_to(std::back_inserter(out), "{:<34}{:>15}   {}\n", name, count, meaning);
}

}  // namespace

void Revenue::add(const Message& message) {
  const Judgement& judgement = message.judgement;
  if (message.kind != Kind::message || judgement.ruleset.empty()) return;
  judged_ = true;
  ++by_verdict_[static_cast<std::size_t>(judgement.verdict)];
  money_.add(judgement);
  if (judgement.leaked != 0) add_leaked(message);
}

void Revenue::add_leaked(const Message& message) {
  Leaked key{.origin = origin_of(message), .currency = std::string(message.judgement.currency)};
  if (leaked_by_origin_.size() >= most_origins && !leaked_by_origin_.contains(key)) key.origin = others;
  MoneySum& sum = leaked_by_origin_[key];
  ++sum.messages;
  sum.amount += message.judgement.leaked;
}

std::vector<std::pair<Revenue::Leaked, MoneySum>> Revenue::most_leaked(std::size_t most) const {
  std::vector<std::pair<Leaked, MoneySum>> all(leaked_by_origin_.begin(), leaked_by_origin_.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.second.amount > b.second.amount; });
  all.resize(std::min(all.size(), most));
  return all;
}

std::string Revenue::table() const {
  std::string out;
  if (!judged_) return out;
  for (std::size_t i = 0; i < by_verdict_.size(); ++i) {
    if (by_verdict_[i] != 0)
      line(out, fmt::format("verdict {}", to_string(static_cast<Verdict>(i))), by_verdict_[i], "");
  }
  for (const auto& [currency, sum] : money_.charged)
    line(out, "charged", sum.messages, written_amount(sum.amount, currency));
  for (const auto& [currency, sum] : money_.fees)
    line(out, "charged with fees", sum.messages, written_amount(sum.amount, currency) + " passed through");
  if (money_.repeated != 0)
    line(out, "charged before", money_.repeated, "sent again by their application, or replayed");
  for (const auto& [reason, count] : money_.refused)
    line(out, fmt::format("not charged: {}", reason), count, "");
  for (const auto& [currency, sum] : money_.leaked)
    line(out, "leaked", sum.messages,
         written_amount(sum.amount, currency) + " that nobody paid, at the list price");
  for (const auto& [leaked, sum] : most_leaked(shown_origins))
    line(out, fmt::format("  from {}", leaked.origin), sum.messages,
         written_amount(sum.amount, leaked.currency));
  return out;
}

nlohmann::ordered_json Revenue::json() const {
  nlohmann::ordered_json out;
  auto& verdicts = out["verdicts"] = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < by_verdict_.size(); ++i)
    verdicts[std::string(to_string(static_cast<Verdict>(i)))] = by_verdict_[i];
  out.update(to_json(money_));
  auto& origins = out["leaked_by_origin"] = nlohmann::ordered_json::array();
  for (const auto& [leaked, sum] : most_leaked(most_origins + 1))
    origins.push_back({{"origin", leaked.origin},
                       {"currency", leaked.currency},
                       {"messages", sum.messages},
                       {"amount", sum.amount}});
  return out;
}

}  // namespace tollgate::record
