#include <map>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/accounts_file.hpp"
#include "charge/csv_field.hpp"
#include "charge/statement.hpp"

namespace tollgate::charge {
namespace {

using Json = nlohmann::ordered_json;

std::string destination(const AccountStatement::Group& group) {
  if (group.country.empty()) return group.recipient_operator.empty() ? "-" : group.recipient_operator;
  return group.recipient_operator.empty() ? group.country
                                          : fmt::format("{} {}", group.country, group.recipient_operator);
}

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json to_json(const AccountStatement& statement) {
  Json out{{"account", statement.account},
           {"name", statement.name},
           {"payment", statement.prepaid ? "prepaid" : "postpaid"},
           {"month", statement.month.name},
           {"time_zone", statement.time_zone},
           {"currency", statement.currency},
           {"opening", statement.opening},
           {"events", Json::array()},
           {"fees", Json::array()},
           {"entries", Json::array()},
           {"refused", Json::array()},
           {"charged", statement.charged},
           {"fees_sum", statement.fees_sum},
           {"closing", statement.closing}};
  for (const auto& group : statement.groups)
    out["events"].push_back({{"day", group.day},
                             {"country", group.country},
                             {"operator", group.recipient_operator},
                             {"tariff", group.tariff},
                             {"events", group.events},
                             {"amount", group.amount}});
  for (const auto& fee : statement.fees)
    out["fees"].push_back({{"name", fee.name}, {"events", fee.events}, {"amount", fee.amount}});
  for (const auto& entry : statement.entries)
    out["entries"].push_back({{"movement", entry.movement},
                              {"day", entry.day},
                              {"kind", entry.kind},
                              {"reference", entry.reference},
                              {"amount", entry.amount}});
  for (const auto& refused : statement.refused)
    out["refused"].push_back({{"day", refused.day},
                              {"reason", refused.reason},
                              {"tariff", refused.tariff},
                              {"messages", refused.messages}});
  return out;
}

}  // namespace

std::string text_of(const AccountStatement& statement) {
  std::string text =
      fmt::format("{}{}\n{}, {}, {}, by the clocks of {}\n\n", statement.account,
                  statement.name == statement.account ? "" : ", " + statement.name, statement.month.name,
                  statement.currency, statement.prepaid ? "prepaid" : "postpaid", statement.time_zone);
  const auto line = [&](std::string_view a, std::string_view b, std::string_view c, std::string_view d,
                        std::string_view e) {
    text += fmt::format("{:<11}{:<34}{:<20}{:>12}{:>20}\n", a, b, c, d, e);
  };
  line("opening", "", "", "", write_amount(statement.opening));
  if (!statement.groups.empty()) {
    text += '\n';
    line("day", "destination", "tariff", "events", "amount");
  }
  for (const auto& group : statement.groups)
    line(group.day, destination(group), group.tariff.empty() ? "-" : group.tariff,
         std::to_string(group.events), write_amount(-group.amount));
  if (!statement.fees.empty()) text += '\n';
  for (const auto& fee : statement.fees)
    line("fee", fee.name, "", std::to_string(fee.events), write_amount(-fee.amount));
  if (!statement.entries.empty()) text += '\n';
  for (const auto& entry : statement.entries)
    line(entry.day, fmt::format("{} {}", entry.kind, entry.reference),
         fmt::format("movement {}", entry.movement), "", write_amount(entry.amount));
  if (!statement.refused.empty()) text += '\n';
  for (const auto& refused : statement.refused)
    line(refused.day, fmt::format("refused: {}", refused.reason), refused.tariff,
         std::to_string(refused.messages), "");
  text += '\n';
  line("charged", "", "", std::to_string(statement.events), write_amount(-statement.charged));
  line("fees", "", "", "", write_amount(-statement.fees_sum));
  line("closing", "", "", "", write_amount(statement.closing));
  return text;
}

std::string csv_of(const AccountStatement& statement) {
  std::string csv = "kind,day,country,operator,tariff,name,events,amount,currency\n";
  const auto line = [&](std::string_view kind, std::string_view day, const AccountStatement::Group& group,
                        std::string_view name, std::int64_t events, Amount amount) {
    csv += fmt::format("{},{},{},{},{},{},{},{},{}\n", kind, day, csv_text(group.country),
                       csv_text(group.recipient_operator), csv_text(group.tariff), csv_text(name),
                       events == 0 ? "" : std::to_string(events), write_amount(amount), statement.currency);
  };
  line("opening", "", {}, "", 0, statement.opening);
  for (const auto& group : statement.groups)
    line("events", group.day, group, "", group.events, -group.amount);
  for (const auto& fee : statement.fees) line("fee", "", {}, fee.name, fee.events, -fee.amount);
  for (const auto& entry : statement.entries)
    line(entry.kind, entry.day, {}, entry.reference, 0, entry.amount);
  for (const auto& refused : statement.refused)
    line("refused", refused.day, {.tariff = refused.tariff}, refused.reason, refused.messages, 0);
  line("closing", "", {}, "", 0, statement.closing);
  return csv;
}

std::string json_of(const AccountStatement& statement) { return dump(to_json(statement)); }

std::string text_of(const Invoice& invoice) {
  const AccountStatement& statement = invoice.statement;
  std::string text = fmt::format("invoice {}\nof {}, due by {}\n{}{}\n{}, {}\n\n", invoice.number,
                                 invoice.dated, invoice.due, statement.account,
                                 statement.name == statement.account ? "" : ", " + statement.name,
                                 statement.month.name, statement.currency);
  const auto line = [&](std::string_view a, std::string_view b, std::string_view c) {
    text += fmt::format("{:<45}{:>12}{:>20}\n", a, b, c);
  };
  std::map<std::string, std::pair<std::int64_t, Amount>> tariffs;
  for (const auto& group : statement.groups) {
    auto& [events, amount] =
        tariffs[fmt::format("{}, {}", group.tariff.empty() ? "-" : group.tariff, destination(group))];
    events += group.events;
    amount += group.amount;
  }
  line("", "events", "amount");
  for (const auto& [name, sums] : tariffs) line(name, std::to_string(sums.first), write_amount(sums.second));
  for (const auto& fee : statement.fees)
    line("fee " + fee.name, std::to_string(fee.events), write_amount(fee.amount));
  if (const Amount corrections = statement.charged + statement.fees_sum - invoice.total; corrections != 0)
    line("corrections", "", write_amount(-corrections));
  line("total", std::to_string(statement.events), write_amount(invoice.total));
  text += '\n';
  line("unpaid", "", write_amount(invoice.unpaid));
  if (invoice.days_late != 0)
    line(fmt::format("interest for {} days late", invoice.days_late), "", write_amount(invoice.interest));
  if (invoice.interest_undone != 0) line("of it given back", "", write_amount(-invoice.interest_undone));
  return text;
}

std::string json_of(const Invoice& invoice) {
  Json out{{"invoice", invoice.number},
           {"dated", invoice.dated},
           {"due", invoice.due},
           {"total", invoice.total},
           {"unpaid", invoice.unpaid},
           {"days_late", invoice.days_late},
           {"interest", invoice.interest},
           {"interest_booked", invoice.interest_booked},
           {"interest_undone", invoice.interest_undone},
           {"statement", to_json(invoice.statement)}};
  return dump(out);
}

}  // namespace tollgate::charge
