#pragma once

#include <string>

#include "charge/ledger.hpp"
#include "control/audit_log.hpp"
#include "control/caller.hpp"

namespace tollgate::cli {

// A ledger in a file remembers the audit log that tells who changes it.

/// That of a ledger which somebody names; empty where it belongs to no configuration. `backup`: a copy, which
/// tells the same where the ledger is damaged. Throws LedgerError where the audit log cannot be written: a
/// change would have no line then, and is not made.
std::string audit_of_named(const charge::LedgerSettings& ledger, const std::string& backup = {});

/// The audit log that a ledger had before has no line of it.
struct UntoldError : control::AuditError {
  using control::AuditError::AuditError;
};

/// Whose changes are to be told in `audit` from now on: where it was another one until now, both have a line
/// that says so. Throws control::AuditError; UntoldError where `audit` has the line, and only the other one
/// does not.
void note_take_over(const charge::LedgerSettings& ledger, control::AuditLog& audit,
                    const control::Caller& by);

}  // namespace tollgate::cli
