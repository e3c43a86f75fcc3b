#include "cli/price_explanation.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "charge/charge.hpp"
#include "cli/terminal.hpp"
#include "record/money.hpp"

namespace tollgate::cli {
namespace {

using charge::PriceLine;
using record::written_amount;
using Json = nlohmann::ordered_json;

std::optional<PriceLine> copy_of(const PriceLine* line) {
  if (line == nullptr) return {};
  return *line;
}

std::string second_of(std::uint64_t time_ns) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time_ns / 1'000'000'000)));
}

/// What a line asks of a message, by the names that accounts.yaml has for it.
template <class Take>
void for_each_condition(const PriceLine& line, Take&& take) {
  const auto take_unless_empty = [&](const char* name, const std::string& value) {
    if (!value.empty()) take(name, value);
  };
  take_unless_empty("tariff", line.tariff);
  take_unless_empty("country", line.country);
  take_unless_empty("prefix", line.prefix);
  take_unless_empty("sender_type", line.sender_type);
  take_unless_empty("label", line.label);
  take_unless_empty("route", line.route);
  if (line.from_ns != 0) take("from", second_of(line.from_ns));
  if (line.until_ns != 0) take("until", second_of(line.until_ns));
}

/// Builds the text for a person.
class Text {
 public:
  std::string of(const PriceExplanation& e) {
    if (!e.tariff.empty()) add_charge(e);
    if (e.leaked != 0) add_leak(e);
    return std::move(out_);
  }

 private:
  void row(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), "  {:<11}{}\n", name, value);
  }

  void add_charge(const PriceExplanation& e) {
    row("account", e.account.empty() ? "(nobody is known)" : account(e));
    row("tariff", printable(e.tariff));
    for (const PriceExplanation::Price& price : e.prices) add(price);
    if (!e.refused.empty())
      row("refused", fmt::format("{}: {}", e.refused, charge::meaning_of_refusal(e.refused)));
    if (e.charged) row("charged", charged(e));
  }

  void add_leak(const PriceExplanation& e) {
    row("leaked",
        fmt::format("{}: nobody pays for what passes; this is its price by the tariff list of the list "
                    "standard, with fees",
                    written_amount(e.leaked, e.currency)));
    if (e.list_price) add("list price", {}, *e.list_price);
  }

  static std::string account(const PriceExplanation& e) {
    const std::string id = printable(e.account);
    return e.account_name.empty() ? id : fmt::format("{} ({})", id, printable(e.account_name));
  }

  static std::string charged(const PriceExplanation& e) {
    if (e.repeated) return "nothing more: its application sent it before, and it is paid";
    if (e.is_of_whole) return "nothing more: another part has paid for the whole message";
    if (e.fees == 0) return written_amount(e.amount, e.currency);
    return fmt::format("{}, and {} in fees", written_amount(e.amount, e.currency),
                       written_amount(e.fees, e.currency));
  }

  void add(const PriceExplanation::Price& price) {
    const std::string to = price.recipient.empty() ? "" : fmt::format(" to {}", printable(price.recipient));
    if (price.line) add("price", to, *price.line);
    else row("price", fmt::format("none{}", to));
  }

  void add(std::string_view name, std::string_view to, const PriceLine& line) {
    row(name, fmt::format("{} a {}{}; {}", written_amount(line.amount, line.currency),
                          line.per == PriceLine::Per::message ? "message, whatever its parts" : "part", to,
                          line.list.empty() ? fmt::format("the own price of {}", printable(line.account))
                                            : fmt::format("of the list {}", printable(line.list))));
    std::string conditions;
    for_each_condition(line, [&](std::string_view what, const std::string& value) {
      conditions += fmt::format("{}{} {}", conditions.empty() ? "" : ", ", what, printable(value));
    });
    row("", conditions.empty() ? "for all messages" : fmt::format("for {}", conditions));
    for (const PriceLine::Fee& fee : line.fees)
      row("", fmt::format("fee {}: {}", printable(fee.name), written_amount(fee.amount, line.currency)));
  }

  std::string out_;
};

Json to_json(const PriceLine& line) {
  Json json{{"number", line.number}};
  if (line.list.empty()) json["account"] = line.account;
  else json["list"] = line.list;
  for_each_condition(line, [&](const char* name, const std::string& value) { json[name] = value; });
  json["per"] = line.per == PriceLine::Per::message ? "message" : "part";
  json["amount"] = line.amount;
  json["currency"] = line.currency;
  if (line.fees.empty()) return json;
  for (const PriceLine::Fee& fee : line.fees) json["fees"][fee.name] = fee.amount;
  return json;
}

Json to_json(const std::vector<PriceExplanation::Price>& prices) {
  Json all = Json::array();
  for (const auto& [recipient, line] : prices) {
    Json one{{"recipient", recipient}};
    if (line) one.update(to_json(*line));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

std::optional<PriceExplanation> price_explanation_of(Message& message, engine::Payments& payments,
                                                     const rules::Ruleset& ruleset) {
  const Judgement& judgement = message.judgement;
  const charge::Charger* const charger = payments.charger();
  const bool is_charge = judgement.charged || !judgement.charge_refused.empty();
  if (charger == nullptr || (!is_charge && judgement.leaked == 0)) return {};
  PriceExplanation e;
  if (const charge::Account* account = charger->account(); account != nullptr) {
    e.account = account->id;
    e.account_name = account->name;
  }
  e.currency = judgement.currency;
  e.leaked = judgement.leaked;
  if (e.leaked != 0) e.list_price = copy_of(charger->list_price(message));
  if (!is_charge) return e;
  e.tariff = judgement.tariff;
  e.refused = judgement.charge_refused;
  e.charged = judgement.charged;
  e.repeated = judgement.charged_before;
  e.amount = judgement.amount;
  e.fees = judgement.fees;
  const bool is_multiple = !message.smpp.destinations.empty();
  payments.for_each_recipient(ruleset, message, [&](const decode::smpp::Destination& destination) {
    if (destination.is_list) return true;
    e.prices.push_back({is_multiple ? std::string(message.recipient.address) : std::string{},
                        copy_of(charger->price(message, e.tariff))});
    return true;
  });
  e.is_of_whole = e.charged && !e.repeated && e.amount == 0 && message.parts.total > 1 &&
                  e.prices.front().line && e.prices.front().line->per == PriceLine::Per::message &&
                  e.prices.front().line->amount + fees_of(*e.prices.front().line) != 0;
  return e;
}

std::string to_text(const PriceExplanation& explanation) { return Text().of(explanation); }

void add_to(Json& event, const PriceExplanation& e) {
  if (!e.account_name.empty()) event["account_name"] = e.account_name;
  if (e.prices.size() == 1 && e.prices.front().recipient.empty()) {
    if (e.prices.front().line) event["price_line"] = to_json(*e.prices.front().line);
  } else if (!e.prices.empty()) {
    event["price_lines"] = to_json(e.prices);
  }
  if (!e.refused.empty()) event["refusal"] = charge::meaning_of_refusal(e.refused);
  if (e.list_price) event["list_price_line"] = to_json(*e.list_price);
}

}  // namespace tollgate::cli
