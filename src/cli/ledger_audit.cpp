#include "cli/ledger_audit.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "charge/ledger_backup.hpp"
#include "charge/ledger_name.hpp"
#include "charge/ledger_store.hpp"
#include "cli/now.hpp"
#include "control/audit_files.hpp"

namespace tollgate::cli {
namespace {

/// It may be put aside, and go on in a new file.
bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 || !control::audit_files(path).empty();
}

/// Empty where there is none, or it cannot be known.
std::string remembered_by(charge::LedgerSettings ledger) {
  if (!ledger.postgresql.empty() || ledger.names_no_ledger_yet()) return {};
  try {
    ledger.audit.clear();  // opening it is not to change it
    return charge::LedgerStore::open_to_read(ledger)->audit();
  } catch (const charge::LedgerError&) {  // who opens it next says what is wrong with it
    return {};
  }
}

/// Without what follows for changes that wait for their line.
std::string_view reason_of(std::string_view text) {
  return text.substr(0, text.rfind(": nothing is changed"));
}

}  // namespace

std::string audit_of_named(const charge::LedgerSettings& ledger, const std::string& backup) {
  if (ledger.names_no_ledger_yet()) return {};
  std::string path;
  try {
    path = charge::LedgerStore::open_to_read(ledger)->audit();
  } catch (const charge::LedgerError& error) {
    if (error.reason != charge::LedgerError::Reason::damaged || backup.empty()) throw;
    path = charge::recorded_audit(backup);
  }
  if (path.empty()) return path;
  const bool is_put_aside = ::access(path.c_str(), F_OK) != 0 && is_there(path);
  if (is_put_aside || ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0) return path;
  throw charge::LedgerError(
      charge::LedgerError::Reason::refused,
      fmt::format("ledger {}: what changes it has a line in the audit log {}, which cannot be written ({}); "
                  "nothing is changed. -c FILE, without --ledger, changes it for another configuration",
                  ledger.sqlite, path, std::strerror(errno)));
}

void note_take_over(const charge::LedgerSettings& ledger, control::AuditLog& audit,
                    const control::Caller& by) {
  const std::string before = remembered_by(ledger);
  if (before.empty() || ledger.audit.empty() || before == ledger.audit) return;
  const control::AuditEntry entry{.who = by.who,
                                  .role = std::string(to_string(by.role)),
                                  .from = by.from,
                                  .what = "account.audit",
                                  .before = {{"audit", before}},
                                  .after = {{"audit", ledger.audit}, {"ledger", charge::name_of(ledger)}}};
  audit.append(entry, now_ns());
  try {
    if (is_there(before)) control::AuditLog(before).append(entry, now_ns());
  } catch (const control::AuditError& error) {
    throw UntoldError(
        fmt::format("{}; it cannot be told that its ledger is taken over", reason_of(error.what())));
  }
}

}  // namespace tollgate::cli
