#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

#include "charge/ledger_store.hpp"
#include "charge/statement.hpp"
#include "cli/account_keeper.hpp"
#include "control/account_desk.hpp"

namespace tollgate::cli {

/// What the commands of `tollgate account` take in the same way.
class AccountArguments {
 public:
  boost::program_options::options_description own;  ///< of one command, added to before `parse`
  std::vector<std::string> words;                   ///< an account, a file, an amount

  /// Reads them: as many words as are `named` in the usage. False where --help was asked for, and given.
  /// Throws boost::program_options::error.
  bool parse(const std::vector<std::string>& arguments, std::string_view usage,
             const std::vector<std::string_view>& named);

  /// The ledger that the arguments, or the configuration, name. Throws LedgerError, ConfigError.
  charge::LedgerSettings settings() const;
  charge::Invoice::Terms invoice_terms() const;
  /// Opens it, and does not make it remember this configuration; where there is none, that is an error.
  std::unique_ptr<charge::LedgerStore> open_to_read() const;

  /// That the appliance of the configuration, where one answers and charges, has the ledger that the
  /// configuration names now; not asked where --ledger names one. Throws where it has another one, and where
  /// it is there and does not tell. To be called before the ledger is opened.
  void check_ledger() const { appliance_in_charge(); }
  /// Who does what the control API has, too: the appliance of the configuration where it runs and charges,
  /// and --ledger names none; else this process. Throws where there is no ledger, and as check_ledger.
  /// Outlived by this.
  std::unique_ptr<AccountKeeper> keeper() const;
  /// This process, whoever runs. Throws as check_ledger. Outlived by this.
  std::unique_ptr<AccountKeeper> keeper_here() const;
  /// What changes the ledger, with lines in the audit log of the configuration's appliance; of a ledger that
  /// --ledger names, in that which it belongs to, where it does. Throws LedgerError where that one cannot be
  /// written. `backup`: a copy, which tells the same where the ledger is damaged.
  control::AccountDesk desk(const std::string& backup = {}) const;

 private:
  /// The state folder of the appliance that has the ledger; nothing where none does, or --ledger names one.
  std::optional<std::string> appliance_in_charge() const;

  std::string config_;
  std::string ledger_;
  mutable std::unique_ptr<control::AuditLog> audit_;
};

/// Who changes the ledger: the user's name.
std::string account_user();
/// The same, as the audit log has it.
control::Caller local_caller();
/// An amount above 0. Throws boost::program_options::error.
charge::Amount amount_argument(const std::string& text);
/// Refuses a reference or reason that is empty, has control characters, or more than 200 octets, likewise.
void check_text(const std::string& text);

// account_shows.cpp
int account_appliances(const std::vector<std::string>& arguments);
int account_leakage(const std::vector<std::string>& arguments);
int account_list(const std::vector<std::string>& arguments);
int account_show(const std::vector<std::string>& arguments);
int account_statement(const std::vector<std::string>& arguments);
int account_invoice(const std::vector<std::string>& arguments);
// account_changes.cpp
int account_import(const std::vector<std::string>& arguments);
int account_credit(const std::vector<std::string>& arguments);
int account_pay(const std::vector<std::string>& arguments);
int account_suspend(const std::vector<std::string>& arguments);
int account_resume(const std::vector<std::string>& arguments);
int account_release(const std::vector<std::string>& arguments);
int account_correct(const std::vector<std::string>& arguments);
// account_keeping.cpp
int account_verify(const std::vector<std::string>& arguments);
int account_backup(const std::vector<std::string>& arguments);
int account_restore(const std::vector<std::string>& arguments);

}  // namespace tollgate::cli
