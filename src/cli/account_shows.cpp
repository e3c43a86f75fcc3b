#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/amount.hpp"
#include "charge/ledger_appliances.hpp"
#include "cli/account.hpp"
#include "cli/commands.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using charge::Amount;
using charge::write_amount;
using Json = nlohmann::ordered_json;

std::string status_of(const Json& account) {
  const auto status = account.at("status").get<std::string>();
  return status == "suspended" ? "suspended: " + account.value("reason", "") : status;
}

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

Amount amount_in(const Json& object, const char* key) { return object.at(key).get<Amount>(); }
std::string text_in(const Json& object, const char* key) { return object.at(key).get<std::string>(); }

std::string senders_text(const Json& senders) {
  constexpr std::size_t shown = 20;
  std::vector<std::string> texts;
  for (const Json& sender : senders) {
    if (texts.size() == shown) break;
    texts.push_back(text_in(sender, "address") + (sender.at("prefix").get<bool>() ? "*" : ""));
  }
  if (senders.size() > shown) texts.push_back(fmt::format("and {} more", senders.size() - shown));
  return joined(texts);
}

std::string movements_text(const Json& movements) {
  if (movements.empty()) return {};
  std::string text =
      fmt::format("\n{:>10}  {:<12}{:<12}{:>18}  {}\n", "movement", "day", "kind", "amount", "reference, by");
  for (const Json& one : movements) {
    const std::string reference = text_in(one, "reference");
    text += fmt::format("{:>10}  {:<12}{:<12}{:>18}  {}{}{}\n", one.at("number").get<std::int64_t>(),
                        text_in(one, "day"), text_in(one, "kind"), write_amount(amount_in(one, "amount")),
                        reference, reference.empty() ? "" : ", ", text_in(one, "made_by"));
  }
  return text;
}

/// Of what charge::details_json gives.
std::string text_of(const Json& account) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<20}{}\n", name, value);
  };
  const auto money = [&](Amount amount) {
    return fmt::format("{} {}", write_amount(amount), text_in(account, "currency"));
  };
  const auto texts = [&](const char* key) { return account.at(key).get<std::vector<std::string>>(); };
  row("account", text_in(account, "id"));
  row("name", text_in(account, "name"));
  row("status", status_of(account));
  row("payment", text_in(account, "payment"));
  row("balance", money(amount_in(account, "balance")));
  for (const Json& one : account.at("put_aside")) {
    const std::string appliance = text_in(one, "appliance");
    row("  put aside", money(amount_in(one, "amount")) + (appliance.empty() ? "" : " by " + appliance));
  }
  row("used this month", money(amount_in(account, "used_this_month")));
  if (account.contains("monthly_limit")) row("monthly limit", money(amount_in(account, "monthly_limit")));
  if (account.contains("total_limit")) row("total limit", money(amount_in(account, "total_limit")));
  row("warns at", fmt::format("{} %", fmt::join(account.at("warn_at").get<std::vector<unsigned>>(), ", ")));
  row("price list", text_in(account, "price_list"));
  if (account.contains("messages_per_second"))
    row("messages a second", std::to_string(account.at("messages_per_second").get<std::uint64_t>()));
  for (const Json& mark : account.at("recognised_by")) row(text_in(mark, "by"), text_in(mark, "value"));
  row("senders", senders_text(account.at("senders")));
  if (const auto marketing = account.find("marketing"); marketing != account.end())
    row("marketing", fmt::format("{} {} {}", text_in(*marketing, "between"), text_in(*marketing, "days"),
                                 text_in(*marketing, "zone")));
  row("excluded", joined(texts("excluded")));
  row("labels", joined(texts("labels")));
  row("time zone", text_in(account, "time_zone"));
  return text + movements_text(account.at("movements"));
}

/// `2026-11-22T12:00:00Z`; of 0 nothing.
std::string second_of(std::uint64_t time_ns) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  if (time_ns == 0) return "";
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns)));
}

/// A line for each of what charge::summary_json gives.
void print_accounts(const Json& accounts) {
  constexpr std::string_view row = "{:<20} {:<10} {:>18} {:>18} {:<4} {:<24} {}\n";
  fmt::print(row, "account", "payment", "balance", "used this month", "", "status", "name");
  for (const Json& account : accounts) {
    const auto amount = [&](const char* key) { return write_amount(amount_in(account, key)); };
    fmt::print(row, text_in(account, "id"), text_in(account, "payment"), amount("balance"),
               amount("used_this_month"), text_in(account, "currency"), status_of(account),
               text_in(account, "name"));
  }
}

}  // namespace

int account_appliances(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON, amounts in millionths");
  constexpr std::string_view usage =
      "usage: tollgate account appliances [options]\n\n"
      "The appliances that take quotas from the ledger, what they have put aside, and when they wrote to it "
      "last,\n"
      "by their clocks.\n";
  if (!read.parse(arguments, usage, {})) return Exit::fine;
  read.check_ledger();
  const auto ledger = read.open_to_read();
  Json out = Json::array();
  constexpr std::string_view row = "{:<20} {:<22} {}\n";
  if (!json) fmt::print(row, "appliance", "last seen", "put aside");
  for (const charge::Appliance& appliance : charge::read_appliances(ledger->database())) {
    const std::string seen = second_of(appliance.seen_ns);
    Json one{{"name", appliance.name}, {"seen", nullptr}, {"put_aside", Json::array()}};
    if (!seen.empty()) one["seen"] = seen;
    std::vector<std::string> amounts;
    for (const auto& aside : appliance.aside) {
      one["put_aside"].push_back({{"currency", aside.currency}, {"amount", aside.amount}});
      amounts.push_back(fmt::format("{} {}", write_amount(aside.amount), aside.currency));
    }
    if (json) out.push_back(std::move(one));
    else
      fmt::print(row, appliance.name, seen.empty() ? "not known" : seen,
                 amounts.empty() ? "nothing" : joined(amounts));
  }
  if (json) fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  return Exit::fine;
}

int account_list(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON, amounts in millionths");
  constexpr std::string_view usage =
      "usage: tollgate account list [options]\n\nAll accounts, and what they have.\n";
  if (!read.parse(arguments, usage, {})) return Exit::fine;
  const Json accounts = read.keeper()->accounts();
  if (json) fmt::print("{}\n", accounts.dump(2, ' ', false, Json::error_handler_t::replace));
  else print_accounts(accounts);
  return Exit::fine;
}

int account_show(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  std::uint32_t movements = 10;
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON, amounts in millionths")(
      "movements", po::value(&movements)->value_name("N")->default_value(movements),
      "how many of its last ones");
  constexpr std::string_view usage =
      "usage: tollgate account show ACCOUNT [options]\n\nAll of one account.\n";
  if (!read.parse(arguments, usage, {"the account"})) return Exit::fine;
  const Json account = read.keeper()->account(read.words[0], movements);
  if (json) fmt::print("{}\n", account.dump(2, ' ', false, Json::error_handler_t::replace));
  else fmt::print("{}", text_of(account));
  return Exit::fine;
}

int account_statement(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  bool csv = false;
  std::string month;
  read.own.add_options()("month", po::value(&month)->value_name("YYYY-MM"),
                         "by the account's clocks; else this month")(
      "json", po::bool_switch(&json), "the same as JSON, amounts in millionths")("csv", po::bool_switch(&csv),
                                                                                 "the same as CSV");
  constexpr std::string_view usage =
      "usage: tollgate account statement ACCOUNT --month YYYY-MM [options]\n\n"
      "What it had, sent (by day, destination and tariff), bought and paid in a month, and what it has "
      "then.\n"
      "Amounts above zero are in the account's favour.\n";
  if (!read.parse(arguments, usage, {"the account"})) return Exit::fine;
  if (json && csv) throw po::error("--json and --csv are one too many");
  using Form = AccountKeeper::Form;
  const Form form = json ? Form::json : csv ? Form::csv : Form::text;
  fmt::print("{}", read.keeper()->statement(read.words[0], month, form));
  return Exit::fine;
}

int account_invoice(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  bool book = false;
  std::string month;
  read.own.add_options()("month", po::value(&month)->value_name("YYYY-MM")->required(),
                         "by the account's clocks")(
      "book-interest", po::bool_switch(&book),
      "take the interest of today that is not booked yet from the account")(
      "json", po::bool_switch(&json), "the same as JSON, amounts in millionths");
  constexpr std::string_view usage =
      "usage: tollgate account invoice ACCOUNT --month YYYY-MM [options]\n\n"
      "What a postpaid account owes for a month that is over, until when it is to be paid, and the interest "
      "on\n"
      "what was unpaid after that. The configuration's `ledger: {invoices: {due_days, interest_percent}}` "
      "has\n"
      "the terms: 15 days, 1 % a month.\n";
  if (!read.parse(arguments, usage, {"the account"})) return Exit::fine;
  using Form = AccountKeeper::Form;
  const auto keeper = read.keeper();
  if (book) keeper->book_interest(read.words[0], month);
  fmt::print("{}", keeper->invoice(read.words[0], month, json ? Form::json : Form::text));
  return Exit::fine;
}

}  // namespace tollgate::cli
