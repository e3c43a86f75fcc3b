#include "cli/changes_report.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "cli/terminal.hpp"
#include "record/money.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::pair<Group::Key, const Group::Row*>>;
using Side = Group::Side;

/// The most messages first.
Rows sorted(const Group& group) {
  Rows rows;
  for (const auto& [key, row] : group.rows()) rows.emplace_back(key, &row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second->count > b.second->count; });
  return rows;
}

std::string to_string(const Change& change) { return fmt::format("{} -> {}", change.from, change.to); }

std::string_view to_string(Side side) {
  switch (side) {
    case Side::both: return "both";
    case Side::before: return "before";
    case Side::after: return "after";
  }
  return {};
}

/// The name of the rule with that id, as the later ruleset has it, where it does.
std::string rule_name(const std::string& id, const RulesFolder& before, const RulesFolder& after) {
  std::uint32_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  const rules::Rule* rule = rules::find_rule(after.ruleset, number);
  if (rule == nullptr) rule = rules::find_rule(before.ruleset, number);
  return rule == nullptr ? std::string{} : rule->name;
}

class Text {
 public:
  Text(const RulesFolder& before, const RulesFolder& after) : before_(before), after_(after) {}

  std::string of(const VerdictChanges& c) {
    out_ = fmt::format("before  {} ({})\nafter   {} ({})\n\n", before_.path, before_.ruleset.name,
                       after_.path, after_.ruleset.name);
    const bool pays = before_.has_accounts || after_.has_accounts;
    out_ += fmt::format("{} of {} verdicts change (other labels, but the same verdict: {}{})\n", c.changed,
                        c.messages, c.relabelled, pays ? fmt::format("; another price: {}", c.repriced) : "");
    if (pays) prices(c);
    if (!c.any()) return std::move(out_);
    if (c.changed != 0) passwords(c);
    tariffs(c);
    group("Prices, where the verdict is the same", c.prices, 1, by_name);
    group("Verdicts", c.verdicts, 3, [](const Group::Key&) { return std::string{}; });
    group("Rules that hold before, after or both", c.rules, 1, [&](const Group::Key& key) {
      return fmt::format("{:<6}  {} {}", to_string(key.side), key.name,
                         printable(rule_name(key.name, before_, after_)));
    });
    group("Labels before, after or both", c.labels, 0,
          [](const Group::Key& key) { return fmt::format("{:<6}  {}", to_string(key.side), key.name); });
    group("Accounts", c.accounts, 0, by_name);
    group("Routes", c.routes, 0, by_name);
    group("Lines of the policy", c.policy, 0, by_name);
    return std::move(out_);
  }

 private:
  void passwords(const VerdictChanges& c) {
    out_ += fmt::format("\nOne-time passwords that would be lost: {}\n", c.lost_passwords);
    for (const Example& e : c.lost) example(e, "  ", fmt::format("{}  ", to_string(e.change)));
    if (c.lost_passwords > c.lost.size())
      out_ += fmt::format("  and {} more\n", c.lost_passwords - c.lost.size());
    if (c.won_passwords != 0)
      out_ += fmt::format("One-time passwords that would no longer be lost: {}\n", c.won_passwords);
  }

  static std::string by_name(const Group::Key& key) {
    return key.name.empty() ? std::string("(none)") : printable(key.name);
  }

  void prices(const VerdictChanges& c) {
    out_ += fmt::format("\n{:<38}{:>25}{:>25}{:>25}\n", "Money", "before", "after", "difference");
    const record::Money& before = c.money_before;
    const record::Money& after = c.money_after;
    const record::Money more = difference(before, after);
    sums("charged", before.charged, after.charged, more.charged);
    sums("charged with fees", before.fees, after.fees, more.fees);
    counts("charged before", before.repeated, after.repeated, more.repeated);
    for (const auto& [reason, count] : more.refused)
      counts(fmt::format("not charged: {}", reason), value_of(before.refused, reason),
             value_of(after.refused, reason), count);
    sums("leaked", before.leaked, after.leaked, more.leaked);
    for (const auto& [side, folder] : {std::pair{"before", &before_}, std::pair{"after", &after_}}) {
      if (!folder->has_accounts)
        out_ += fmt::format("  There is no accounts.yaml {}: nobody is charged.\n", side);
    }
  }

  template <class Map>
  static typename Map::mapped_type value_of(const Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    return found == map.end() ? typename Map::mapped_type{} : found->second;
  }

  void sums(std::string_view name, const record::Money::ByCurrency& before,
            const record::Money::ByCurrency& after, const record::Money::ByCurrency& more) {
    using record::written_amount;
    for (const auto& [currency, sum] : more) {
      const record::MoneySum was = value_of(before, currency);
      const record::MoneySum is = value_of(after, currency);
      out_ +=
          fmt::format("  {:<36}{:>7}{:>18}{:>7}{:>18}{:>+7}{:>18}\n", name, was.messages,
                      written_amount(was.amount, currency), is.messages, written_amount(is.amount, currency),
                      sum.messages, (sum.amount > 0 ? "+" : "") + written_amount(sum.amount, currency));
    }
  }

  void counts(std::string_view name, std::int64_t before, std::int64_t after, std::int64_t more) {
    if (before == 0 && after == 0) return;
    out_ += fmt::format("  {:<36}{:>7}{:>18}{:>7}{:>18}{:>+7}\n", name, before, "", after, "", more);
  }

  void tariffs(const VerdictChanges& c) {
    if (c.tariffs.empty()) return;
    const bool pays = before_.has_accounts || after_.has_accounts;
    out_ += fmt::format("\nCharges by tariff{}\n", pays ? "" : " (without amounts: there are no accounts)");
    for (const auto& [tariff, moved] : c.tariffs) {
      std::string name = printable(tariff);
      if (moved.gone.parts != 0 || moved.come.parts != 0) {
        out_ += fmt::format("  {:<24} gone: {}   new: {}\n", name, charges(moved.gone), charges(moved.come));
        name.clear();
      }
      if (moved.was.parts != 0)
        out_ += fmt::format("  {:<24} cost otherwise: {} -> {}\n", name, charges(moved.was),
                            moved.is.paid.empty() ? "nothing" : paid(moved.is.paid).substr(2));
    }
  }

  /// `3 messages, 4 parts, 0.26 EUR and 0.04 EUR in fees`
  static std::string charges(const VerdictChanges::Charges& charges) {
    return fmt::format("{} messages, {} parts{}", charges.messages, charges.parts, paid(charges.paid));
  }

  static std::string paid(const VerdictChanges::ByCurrency& paid) {
    std::string text;
    for (const auto& [currency, sum] : paid) {
      text += fmt::format(", {}", record::written_amount(sum.amount, currency));
      if (sum.fees != 0) text += fmt::format(" and {} in fees", record::written_amount(sum.fees, currency));
    }
    return text;
  }

  /// `name` says what a row is of.
  template <class Name>
  void group(std::string_view heading, const Group& group, std::size_t examples, Name&& name) {
    constexpr std::size_t most_rows = 20;
    if (group.rows().empty()) return;
    out_ += fmt::format("\n{}\n", heading);
    const Rows rows = sorted(group);
    for (std::size_t i = 0; i < rows.size() && i < most_rows; ++i) {
      const auto& [key, row] = rows[i];
      const std::string line = fmt::format("{:>8}  {:<24}  {}", row->count, to_string(key.change), name(key));
      out_ += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
      for (std::size_t e = 0; e < row->examples.size() && e < examples; ++e)
        example(row->examples[e], "          ", {});
    }
    if (rows.size() > most_rows) out_ += fmt::format("          and {} more rows\n", rows.size() - most_rows);
    if (group.beyond() != 0)
      out_ += fmt::format("          and {} messages in rows that there was no room for\n", group.beyond());
  }

  void example(const Example& e, std::string_view indent, std::string_view change) {
    const std::string place =
        e.frame != 0 ? fmt::format("{} frame {}", e.file, e.frame) : fmt::format("{}:{}", e.file, e.line);
    out_ += fmt::format("{0}{1}{2}: {3} -> {4}\n{0}  {5} to {6}: {7}\n", indent, change, printable(place),
                        printable(e.policy.from), printable(e.policy.to),
                        e.sender.empty() ? "(no sender)" : printable(e.sender),
                        e.recipient.empty() ? "(no recipient)" : printable(e.recipient), printable(e.text));
  }

  const RulesFolder& before_;
  const RulesFolder& after_;
  std::string out_;
};

/// `changes`: what does, a `verdict` or a `price`.
Json example_json(const Example& e, const char* changes) {
  Json json{{"file", e.file}};
  if (e.frame != 0) json["frame"] = e.frame;
  else json["line"] = e.line;
  if (!e.id.empty()) json["id"] = e.id;
  json.update(Json{{"sender", e.sender},
                   {"recipient", e.recipient},
                   {"text", e.text},
                   {"before", {{changes, e.change.from}, {"policy", e.policy.from}}},
                   {"after", {{changes, e.change.to}, {"policy", e.policy.to}}}});
  return json;
}

Json examples_json(const std::vector<Example>& examples, const char* changes = "verdict") {
  Json all = Json::array();
  for (const Example& example : examples) all.push_back(example_json(example, changes));
  return all;
}

/// `describe` adds what a row is of.
template <class Describe>
Json group_json(const Group& group, Describe&& describe, const char* changes = "verdict") {
  Json rows = Json::array();
  for (const auto& [key, row] : sorted(group)) {
    Json json = Json::object();
    describe(json, key);
    json["before"] = key.change.from;
    json["after"] = key.change.to;
    json["count"] = row->count;
    json["examples"] = examples_json(row->examples, changes);
    rows.push_back(std::move(json));
  }
  if (group.beyond() != 0) rows.push_back({{"without_row", group.beyond()}});
  return rows;
}

Json to_json(const VerdictChanges::ByCurrency& paid) {
  Json json = Json::object();
  for (const auto& [currency, sum] : paid) json[currency] = {{"amount", sum.amount}, {"fees", sum.fees}};
  return json;
}

/// With amounts where there are accounts.
Json to_json(const VerdictChanges::Charges& charges, bool has_accounts) {
  Json json{{"messages", charges.messages}, {"parts", charges.parts}};
  if (has_accounts) json["paid"] = to_json(charges.paid);
  return json;
}

Json charges_json(const VerdictChanges& c, const RulesFolder& before, const RulesFolder& after) {
  Json all = Json::array();
  for (const auto& [tariff, moved] : c.tariffs) {
    Json one{{"tariff", tariff},
             {"gone", to_json(moved.gone, before.has_accounts)},
             {"new", to_json(moved.come, after.has_accounts)}};
    if (before.has_accounts || after.has_accounts) {
      one["repriced"] = {{"messages", moved.was.messages},
                         {"parts", moved.was.parts},
                         {"before", to_json(moved.was.paid)},
                         {"after", to_json(moved.is.paid)}};
    }
    all.push_back(std::move(one));
  }
  return all;
}

/// What each side charges; null where it has no accounts.
Json money_json(const VerdictChanges& c, const RulesFolder& before, const RulesFolder& after) {
  return {{"before", before.has_accounts ? to_json(c.money_before) : Json()},
          {"after", after.has_accounts ? to_json(c.money_after) : Json()},
          {"difference", to_json(difference(c.money_before, c.money_after))}};
}

}  // namespace

std::string to_text(const VerdictChanges& changes, const RulesFolder& before, const RulesFolder& after) {
  return Text(before, after).of(changes);
}

Json to_json(const VerdictChanges& c, const RulesFolder& before, const RulesFolder& after) {
  const auto folder = [](const RulesFolder& f) {
    return Json{{"rules", f.path}, {"ruleset", f.ruleset.name}};
  };
  const auto named = [](const char* what) {
    return [what](Json& json, const Group::Key& key) { json[what] = key.name; };
  };
  Json json{{"before", folder(before)},
            {"after", folder(after)},
            {"messages", c.messages},
            {"changed", c.changed},
            {"relabelled", c.relabelled}};
  json["otp_lost"] = {{"count", c.lost_passwords}, {"examples", examples_json(c.lost)}};
  json["otp_won"] = c.won_passwords;
  json["charges"] = charges_json(c, before, after);
  if (before.has_accounts || after.has_accounts) {
    json["money"] = money_json(c, before, after);
    json["repriced"] = c.repriced;
    json["prices"] = group_json(c.prices, named("account"), "price");
  }
  json["verdicts"] = group_json(c.verdicts, [](Json&, const Group::Key&) {});
  json["rules"] = group_json(c.rules, [&](Json& row, const Group::Key& key) {
    row["id"] = std::stoul(key.name);
    row["name"] = rule_name(key.name, before, after);
    row["holds"] = to_string(key.side);
  });
  json["labels"] = group_json(c.labels, [](Json& row, const Group::Key& key) {
    row["label"] = key.name;
    row["given"] = to_string(key.side);
  });
  json["accounts"] = group_json(c.accounts, named("account"));
  json["routes"] = group_json(c.routes, named("route"));
  json["policy_lines"] = group_json(c.policy, named("lines"));
  return json;
}

}  // namespace tollgate::cli
