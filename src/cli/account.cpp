#include "cli/account.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "charge/accounts_file.hpp"
#include "charge/accounts_file_values.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/ledger_audit.hpp"
#include "cli/subcommands.hpp"
#include "control/client.hpp"
#include "control/local_who.hpp"
#include "control/plain_text.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;

constexpr Subcommand commands[] = {
    {"appliances", "who takes quotas from the ledger, and when they were seen last", account_appliances},
    {"backup", "copies the ledger to a file, while an appliance works with it", account_backup},
    {"correct", "undoes a movement by another", account_correct},
    {"credit", "gives credit that a prepaid account bought", account_credit},
    {"import", "takes accounts, prices and registered senders from a file", account_import},
    {"invoice", "what a postpaid account owes for a month", account_invoice},
    {"leakage", "what passed in a month that nobody paid for, by where it came from", account_leakage},
    {"list", "all accounts and what they have", account_list},
    {"pay", "takes what a postpaid account paid", account_pay},
    {"release", "gives back what an appliance put aside that never comes back", account_release},
    {"restore", "puts a backup in the place of the ledger", account_restore},
    {"resume", "lifts a suspension", account_resume},
    {"show", "all of one account", account_show},
    {"statement", "an account's month: what it sent, bought and paid", account_statement},
    {"suspend", "lets an account send nothing more", account_suspend},
    {"verify", "says whether any record was changed, or is missing", account_verify},
};

}  // namespace

int account(const std::vector<std::string>& arguments) {
  return run_subcommand(
      "account",
      "Works with the ledger of the configuration (-c FILE), or with the one that --ledger names; an\n"
      "appliance can have it open meanwhile. Without --ledger, what shows or changes accounts is done by "
      "the\n"
      "appliance, where it runs; `appliances`, `backup`, `leakage`, `restore` and `verify` never are.\n",
      commands, arguments);
}

bool AccountArguments::parse(const std::vector<std::string>& arguments, std::string_view usage,
                             const std::vector<std::string_view>& named) {
  po::options_description shown("options", 100);
  for (const auto& option : own.options()) shown.add(option);
  shown.add_options()                                                                    //
      ("ledger", po::value(&ledger_)->value_name("FILE"),                                //
       "the ledger's SQLite file, instead of the configuration's")                       //
      ("config,c", po::value(&config_)->value_name("FILE"),                              //
       "the configuration; without it /etc/tollgate/tollgate.yaml, where there is one")  //
      ("help,h", "this text");
  if (!parse_arguments(arguments, usage, shown, words, -1)) return false;
  if (words.size() < named.size()) throw po::error(fmt::format("{} is missing", named[words.size()]));
  if (words.size() > named.size()) throw po::error(fmt::format("'{}' is too much", words[named.size()]));
  return true;
}

charge::LedgerSettings AccountArguments::settings() const {
  charge::LedgerSettings settings;
  if (!ledger_.empty()) settings.sqlite = ledger_;
  else settings = load_config(config_).ledger;
  if (settings.sqlite.empty() && settings.postgresql.empty())
    throw charge::LedgerError(
        "the configuration names no ledger; write `ledger: {sqlite: FILE}` in it, or use --ledger FILE");
  return settings;
}

std::unique_ptr<charge::LedgerStore> AccountArguments::open_to_read() const {
  charge::LedgerSettings ledger = settings();
  if (ledger.names_no_ledger_yet())
    throw charge::LedgerError(
        fmt::format("there is no ledger {}; `tollgate account import FILE` makes one", ledger.sqlite));
  ledger.audit.clear();
  return charge::LedgerStore::open_to_read(ledger);
}

charge::Invoice::Terms AccountArguments::invoice_terms() const { return load_config(config_).invoices; }

control::AccountDesk AccountArguments::desk(const std::string& backup) const {
  const charge::LedgerSettings ledger = settings();
  if (audit_ == nullptr) {
    const std::string path = ledger_.empty() ? ledger.audit : audit_of_named(ledger, backup);
    if (!path.empty()) audit_ = std::make_unique<control::AuditLog>(path);
    if (audit_ != nullptr && ledger_.empty()) note_take_over(ledger, *audit_, local_caller());
  }
  return {ledger, audit_.get(), invoice_terms()};
}

control::Caller local_caller() {
  return {control::local_who(::geteuid(), control::said_user()), control::Role::admin, "local"};
}

std::string account_user() {
  if (const char* who = std::getenv("SUDO_USER"); who != nullptr && *who != '\0') return who;
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : fmt::format("user {}", geteuid());
}

void check_text(const std::string& text) {
  constexpr std::size_t longest = 200;
  if (text.empty() || text.size() > longest || !control::is_plain_text(text))
    throw po::error(
        "found an empty text, one with control characters, or of more than 200 octets; expected one that can "
        "be shown");
}

charge::Amount amount_argument(const std::string& text) {
  const auto amount = charge::read_amount(text, charge::most_money);
  if (!amount || *amount == 0)
    throw po::error(
        fmt::format("found the amount '{}'; expected one above 0, such as 250 or 12.50, of at most "
                    "six places and at most 1000000000000",
                    text));
  return *amount;
}

}  // namespace tollgate::cli
