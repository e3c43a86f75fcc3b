#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/accounts_file.hpp"
#include "charge/csv_field.hpp"
#include "charge/ledger_leaks.hpp"
#include "charge/ledger_month.hpp"
#include "cli/account.hpp"
#include "cli/commands.hpp"
#include "cli/now.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using charge::csv_field;
using charge::LeakedSum;
using charge::write_amount;

std::string json_of(const std::string& month, const std::vector<LeakedSum>& sums) {
  nlohmann::ordered_json out{{"month", month}, {"leaked", nlohmann::ordered_json::array()}};
  for (const LeakedSum& sum : sums)
    out["leaked"].push_back({{"day", sum.day},
                             {"kind", sum.kind},
                             {"origin", sum.origin},
                             {"country", sum.country},
                             {"currency", sum.currency},
                             {"messages", sum.messages},
                             {"amount", sum.amount}});
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string csv_of(const std::vector<LeakedSum>& sums) {
  std::string text = "day,kind,origin,country,messages,amount,currency\n";
  for (const LeakedSum& sum : sums)
    text +=
        fmt::format("{},{},{},{},{},{},{}\n", sum.day, sum.kind, csv_field(sum.origin),
                    csv_field(sum.country), sum.messages, write_amount(sum.amount), csv_field(sum.currency));
  return text;
}

/// By origin, the most first; then all, by currency.
std::string text_of(const std::string& month, const std::vector<LeakedSum>& sums) {
  if (sums.empty()) return fmt::format("nothing leaked in {}\n", month);
  std::map<std::tuple<std::string, std::string, std::string, std::string>, LeakedSum> by_origin;
  std::map<std::string, LeakedSum> all;
  const auto add = [](LeakedSum& to, const LeakedSum& sum) {
    to.messages += sum.messages;
    to.amount += sum.amount;
  };
  for (const LeakedSum& sum : sums) {
    LeakedSum& origin =
        by_origin.try_emplace({sum.kind, sum.origin, sum.country, sum.currency}).first->second;
    origin.kind = sum.kind;
    origin.origin = sum.origin;
    origin.country = sum.country;
    origin.currency = sum.currency;
    add(origin, sum);
    add(all[sum.currency], sum);
  }
  std::vector<LeakedSum> origins;
  for (const auto& [key, sum] : by_origin) origins.push_back(sum);
  std::stable_sort(origins.begin(), origins.end(),
                   [](const LeakedSum& a, const LeakedSum& b) { return a.amount > b.amount; });
  constexpr std::string_view row = "{:<16}{:<34}{:<5}{:>12}{:>18} {}\n";
  std::string text = fmt::format(row, "by", "origin", "to", "messages", "leaked", "");
  for (const LeakedSum& sum : origins)
    text += fmt::format(row, sum.kind, sum.origin, sum.country, sum.messages, write_amount(sum.amount),
                        sum.currency);
  for (const auto& [currency, sum] : all)
    text += fmt::format(row, "all", "", "", sum.messages, write_amount(sum.amount), currency);
  return text;
}

}  // namespace

int account_leakage(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  bool csv = false;
  std::string month;
  read.own.add_options()("month", po::value(&month)->value_name("YYYY-MM"), "in UTC; else this month")(
      "json", po::bool_switch(&json), "by day, as JSON, amounts in millionths")("csv", po::bool_switch(&csv),
                                                                                "by day, as CSV");
  constexpr std::string_view usage =
      "usage: tollgate account leakage --month YYYY-MM [options]\n\n"
      "Messages with the label a2p that passed and nobody paid for, by where they came from and the "
      "recipients'\n"
      "country: what they should have cost, the price of the tariff `list` in the list `standard`.\n";
  if (!read.parse(arguments, usage, {})) return Exit::fine;
  if (json && csv) throw po::error("--json and --csv are one too many");
  const auto utc = rules::TimeZone::named("UTC");
  if (month.empty()) month = charge::month_at(*utc, now_ns()).name;
  else if (!charge::month_named(*utc, month))
    throw po::error(fmt::format("`{}` is no month; write one as 2026-11", month));
  read.check_ledger();
  const auto sums = charge::read_leakage(read.open_to_read()->database(), month);
  fmt::print("{}", json ? json_of(month, sums) : csv ? csv_of(sums) : text_of(month, sums));
  return Exit::fine;
}

}  // namespace tollgate::cli
