#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/accounts_file.hpp"
#include "charge/ledger_appliances.hpp"
#include "charge/standing.hpp"
#include "cli/account.hpp"
#include "cli/commands.hpp"
#include "cli/now.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using charge::Account;
using charge::Amount;
using charge::Standing;
using charge::write_amount;
using Json = nlohmann::ordered_json;

std::string status_of(const Account& account) {
  return account.status == charge::Status::active ? "active" : "suspended: " + account.reason;
}

std::string joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string text_of(const Account& account, const Standing& standing) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<20}{}\n", name, value);
  };
  const auto money = [&](Amount amount) {
    return fmt::format("{} {}", write_amount(amount), account.currency);
  };
  row("account", account.id);
  row("name", account.name);
  row("status", status_of(account));
  row("payment", std::string(charge::name_of(account.payment)));
  row("balance", money(standing.balance()));
  for (const auto& one : standing.reserved)
    row("  put aside", money(one.amount) + (one.appliance.empty() ? "" : " by " + one.appliance));
  row("used this month", money(standing.used_this_month));
  if (account.monthly_limit) row("monthly limit", money(*account.monthly_limit));
  if (account.total_limit) row("total limit", money(*account.total_limit));
  row("warns at", fmt::format("{} %", fmt::join(account.warn_at_percent, ", ")));
  row("price list", account.price_list);
  if (account.messages_per_second != 0) row("messages a second", std::to_string(account.messages_per_second));
  for (const auto& mark : account.recognised_by) row(charge::name_of(mark.kind), mark.value);
  constexpr std::size_t shown = 20;
  std::vector<std::string> senders;
  for (const auto& sender : account.senders) {
    if (senders.size() < shown) senders.push_back(sender.address + (sender.prefix ? "*" : ""));
  }
  if (account.senders.size() > shown)
    senders.push_back(fmt::format("and {} more", account.senders.size() - shown));
  row("senders", joined(senders));
  if (!account.marketing_hours.empty() || !account.marketing_days.empty())
    row("marketing",
        fmt::format("{} {} {}", account.marketing_hours, account.marketing_days, account.marketing_zone));
  row("excluded", joined(account.excluded));
  row("labels", joined(account.labels));
  row("time zone", account.time_zone);
  if (standing.movements.empty()) return text;
  text +=
      fmt::format("\n{:>10}  {:<12}{:<12}{:>18}  {}\n", "movement", "day", "kind", "amount", "reference, by");
  for (const auto& one : standing.movements)
    text += fmt::format("{:>10}  {:<12}{:<12}{:>18}  {}{}{}\n", one.number,
                        charge::day_of(account, one.time_ns), one.kind, write_amount(one.amount),
                        one.reference, one.reference.empty() ? "" : ", ", one.made_by);
  return text;
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
    const auto text = [&](const char* key) { return account.at(key).get<std::string>(); };
    const auto amount = [&](const char* key) { return write_amount(account.at(key).get<Amount>()); };
    const std::string status =
        text("status") == "suspended" ? "suspended: " + account.value("reason", "") : text("status");
    fmt::print(row, text("id"), text("payment"), amount("balance"), amount("used_this_month"),
               text("currency"), status, text("name"));
  }
}

std::string this_month(charge::LedgerStore& ledger, std::uint32_t number) {
  for (const Account& account : ledger.in_force().accounts) {
    if (account.number == number) return charge::month_of(account, now_ns());
  }
  return {};
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
  const auto ledger = read.open(AccountArguments::Use::read);
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
  const auto ledger = read.open(AccountArguments::Use::read);
  const std::uint32_t number = ledger->number_of(read.words[0]);
  for (const Account& account : ledger->in_force().accounts) {
    if (account.number != number) continue;
    const Standing standing = charge::standing_of(*ledger, account, now_ns(), movements);
    if (json)
      fmt::print("{}\n",
                 charge::details_json(account, standing).dump(2, ' ', false, Json::error_handler_t::replace));
    else fmt::print("{}", text_of(account, standing));
  }
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
  const auto ledger = read.open(AccountArguments::Use::read);
  const std::uint32_t number = ledger->number_of(read.words[0]);
  if (month.empty()) month = this_month(*ledger, number);
  const charge::AccountStatement statement = charge::read_statement(ledger->database(), number, month);
  fmt::print("{}", json ? json_of(statement) : csv ? csv_of(statement) : text_of(statement));
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
  const auto ledger = read.open(book ? AccountArguments::Use::change : AccountArguments::Use::read);
  const std::uint32_t number = ledger->number_of(read.words[0]);
  const std::uint64_t now = now_ns();
  const charge::Invoice::Terms terms = read.invoice_terms();
  const std::string user = account_user();
  charge::Invoice invoice;
  if (book)
    read.change("account.interest", {{"account", read.words[0]}, {"month", month}}, [&] {
      invoice = ledger->book_interest(read.words[0], month, terms, {user, now});
    });
  else invoice = charge::read_invoice(ledger->database(), number, month, terms, now);
  fmt::print("{}", json ? json_of(invoice) : text_of(invoice));
  return Exit::fine;
}

}  // namespace tollgate::cli
