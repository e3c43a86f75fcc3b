#include <limits>

#include <fmt/format.h>

#include "cli/account.hpp"
#include "cli/commands.hpp"
#include "control/plain_text.hpp"
#include "control/routes.hpp"
#include "rules/utf8.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;

int bring_in(const std::vector<std::string>& arguments, std::string_view usage, bool is_credit) {
  AccountArguments read;
  std::string reference;
  read.own.add_options()("reference", po::value(&reference)->value_name("TEXT")->required(),
                         "of the payment, such as the bank's: what it names is booked once");
  if (!read.parse(arguments, usage, {"the account", "the amount"})) return Exit::fine;
  const charge::Amount amount = amount_argument(read.words[1]);
  check_text(reference);
  const auto done = read.keeper()->bring_in(read.words[0], {is_credit, amount, reference});
  const auto& account = done.at("account");
  fmt::print(
      "{}: {} {}; it has {} {}\n", read.words[0], charge::write_amount(amount),
      done.at("booked").get<bool>() ? "booked" : "was booked by this reference already, and is not again",
      charge::write_amount(account.at("balance").get<charge::Amount>()),
      account.at("currency").get<std::string>());
  return Exit::fine;
}

/// In a request to the appliance: as JSON, in which an octet may become six.
bool can_be_sent(const std::string& file, const std::string& content) {
  return control::is_plain_text(file) && content.size() < control::most_import_octets / 6 &&
         rules::valid_octets(content) == content.size();
}

}  // namespace

int account_import(const std::vector<std::string>& arguments) {
  AccountArguments read;
  constexpr std::string_view usage =
      "usage: tollgate account import FILE [options]\n\n"
      "Takes accounts and prices from YAML (keys `accounts`, `prices`), or accounts, prices or registered "
      "senders "
      "from\n"
      "CSV (FILE.csv; the first line names the columns). What the file names, it says all of: a price of a "
      "list\n"
      "that it names and does not repeat ends now, and one that is different begins. Accounts, lists and\n"
      "senders that it does not name stay. A file with any error changes nothing. Makes the ledger where\n"
      "there is none.\n";
  if (!read.parse(arguments, usage, {"the file"})) return Exit::fine;
  const std::string& file = read.words[0];
  rules::Findings unread;
  const auto content = rules::read_file(file, file, unread);
  for (const rules::Finding& finding : unread.all()) fmt::print(stderr, "{}\n", to_string(finding));
  if (!content) return Exit::failure;
  const auto keeper = can_be_sent(file, *content) ? read.keeper() : read.keeper_here();
  const auto imported = keeper->import(file, *content);
  for (const std::string& finding : imported.findings) fmt::print(stderr, "{}\n", finding);
  if (!imported.is_taken) return Exit::failure;
  fmt::print("{} accounts, {} prices, {} registered senders\n", imported.accounts, imported.prices,
             imported.senders);
  return Exit::fine;
}

int account_credit(const std::vector<std::string>& arguments) {
  return bring_in(
      arguments,
      "usage: tollgate account credit ACCOUNT AMOUNT --reference TEXT [options]\n\n"
      "Gives a prepaid account the credit that it bought. Lifts a suspension at the end of its credit.\n",
      true);
}

int account_pay(const std::vector<std::string>& arguments) {
  return bring_in(
      arguments,
      "usage: tollgate account pay ACCOUNT AMOUNT --reference TEXT [options]\n\n"
      "Takes what a postpaid account paid. Lifts a suspension at a limit that no longer is reached.\n",
      false);
}

int account_suspend(const std::vector<std::string>& arguments) {
  AccountArguments read;
  std::string reason;
  read.own.add_options()("reason", po::value(&reason)->value_name("TEXT")->required(),
                         "is shown with the account");
  constexpr std::string_view usage =
      "usage: tollgate account suspend ACCOUNT --reason TEXT [options]\n\n"
      "From now on the account pays for nothing, and the policy's `or` applies, until it is resumed.\n";
  if (!read.parse(arguments, usage, {"the account"})) return Exit::fine;
  check_text(reason);
  read.keeper()->suspend(read.words[0], reason);
  fmt::print("{}: suspended, {}\n", read.words[0], reason);
  return Exit::fine;
}

int account_resume(const std::vector<std::string>& arguments) {
  AccountArguments read;
  constexpr std::string_view usage =
      "usage: tollgate account resume ACCOUNT [options]\n\n"
      "Lifts a suspension. At a limit that is still reached, the account is suspended again.\n";
  if (!read.parse(arguments, usage, {"the account"})) return Exit::fine;
  read.keeper()->resume(read.words[0]);
  fmt::print("{}: active\n", read.words[0]);
  return Exit::fine;
}

int account_release(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool force = false;
  read.own.add_options()("force", po::bool_switch(&force), "also where it was seen in the last ten minutes");
  constexpr std::string_view usage =
      "usage: tollgate account release APPLIANCE [options]\n\n"
      "Gives back what an appliance has put aside that never comes back, so that others can spend it. Where "
      "it\n"
      "lives after all, it learns of that when it reaches the ledger next. What it charged until then is\n"
      "written down, too, and the accounts may go below what they may by as much as was given back.\n";
  if (!read.parse(arguments, usage, {"the appliance"})) return Exit::fine;
  const auto all = read.keeper()->release(read.words[0], force);
  if (all.empty()) fmt::print("{}: it has nothing put aside\n", read.words[0]);
  for (const auto& one : all)
    fmt::print("{}: {} {} go back to account {}\n", read.words[0], charge::write_amount(one.amount),
               one.currency, one.account);
  return Exit::fine;
}

int account_correct(const std::vector<std::string>& arguments) {
  AccountArguments read;
  std::string reference;
  read.own.add_options()("reference", po::value(&reference)->value_name("TEXT")->required(), "why");
  constexpr std::string_view usage =
      "usage: tollgate account correct MOVEMENT --reference TEXT [options]\n\n"
      "Undoes a movement (credit, payment, spend, fee or interest) by another one, once. What was spent "
      "goes\n"
      "back to the account's credit. `tollgate account show ACCOUNT` lists movements by number.\n";
  if (!read.parse(arguments, usage, {"the movement's number"})) return Exit::fine;
  check_text(reference);
  const auto number = rules::whole_number(read.words[0]);
  if (!number || *number > std::numeric_limits<std::int64_t>::max())
    throw po::error(fmt::format("'{}' is no number of a movement", read.words[0]));
  const auto correction = read.keeper()->correct(static_cast<std::int64_t>(*number), reference);
  fmt::print("movement {} is undone by movement {}\n", *number, correction);
  return Exit::fine;
}

}  // namespace tollgate::cli
