#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/ledger_backup.hpp"
#include "charge/verify.hpp"
#include "cli/account.hpp"
#include "cli/commands.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

std::string text_of(const charge::Verified& verified) {
  const std::string unknown =
      verified.unknown == 0
          ? ""
          : fmt::format(", {} of them for charges to accounts that it did not have", verified.unknown);
  const std::string without_price =
      verified.without_price == 0
          ? ""
          : fmt::format(", {} of them of price lines that it does not have", verified.without_price);
  return fmt::format("{} accounts{}, {} books, {} movements, {} events{}", verified.accounts, unknown,
                     verified.books, verified.movements, verified.events, without_price);
}

}  // namespace

int account_verify(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool json = false;
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON");
  constexpr std::string_view usage =
      "usage: tollgate account verify [options]\n\n"
      "Walks the hashes of all movements and events, and compares the sums of books, movements, events and\n"
      "months, and events with their prices. Names the first record that is wrong; exit status 1 then.\n";
  if (!read.parse(arguments, usage, {})) return Exit::fine;
  read.check_ledger();
  const auto ledger = read.open_to_read();
  const charge::Verified verified = charge::verify(ledger->database());
  if (json) {
    Json out{{"accounts", verified.accounts},
             {"unknown_accounts", verified.unknown},
             {"books", verified.books},
             {"movements", verified.movements},
             {"events", verified.events},
             {"events_without_price", verified.without_price},
             {"whole", !verified.fault.has_value()}};
    if (verified.fault) out["fault"] = *verified.fault;
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  } else if (verified.fault) {
    fmt::print("{}\n", *verified.fault);
  } else {
    fmt::print("{}: all as they were written\n", text_of(verified));
  }
  return verified.fault ? Exit::failure : Exit::fine;
}

int account_backup(const std::vector<std::string>& arguments) {
  AccountArguments read;
  constexpr std::string_view usage =
      "usage: tollgate account backup FILE [options]\n\n"
      "Copies the ledger, as it is at one moment, to a new file. An appliance can work with it meanwhile.\n";
  if (!read.parse(arguments, usage, {"the file"})) return Exit::fine;
  read.check_ledger();
  read.open_to_read();
  charge::back_up(read.settings(), read.words[0]);
  fmt::print("{}\n", read.words[0]);
  return Exit::fine;
}

int account_restore(const std::vector<std::string>& arguments) {
  AccountArguments read;
  bool while_in_use = false;
  read.own.add_options()("while-in-use", po::bool_switch(&while_in_use),
                         "also while an appliance works with the ledger: it goes on with the backup");
  constexpr std::string_view usage =
      "usage: tollgate account restore FILE [options]\n\n"
      "Puts a backup in the place of the ledger, once it is verified. The ledger that was there is kept "
      "beside\n"
      "it, as LEDGER.before-restore: what was booked since the backup is in that one only.\n";
  if (!read.parse(arguments, usage, {"the file"})) return Exit::fine;
  read.check_ledger();
  charge::Restored restored;
  try {
    restored = read.desk(read.words[0]).restore(local_caller(), read.words[0], while_in_use);
  } catch (const charge::LedgerError& error) {
    if (error.reason != charge::LedgerError::Reason::busy || while_in_use) throw;
    throw charge::LedgerError(fmt::format("{}; stop it first, or use --while-in-use", error.what()));
  }
  if (restored.backup.fault) {
    fmt::print(stderr, "{}: {}; nothing was changed\n", read.words[0], *restored.backup.fault);
    return Exit::failure;
  }
  fmt::print("{}\n", text_of(restored.backup));
  if (!restored.before.empty()) fmt::print("the ledger as it was: {}\n", restored.before);
  return Exit::fine;
}

}  // namespace tollgate::cli
