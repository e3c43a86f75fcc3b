#pragma once

#include <string>

#include "charge/ledger.hpp"
#include "charge/verify.hpp"

namespace tollgate::charge {

/// Copies the ledger to a new file, as of one moment, while an appliance works with it. Throws LedgerError,
/// also where there is a file of that name.
void back_up(const LedgerSettings& settings, const std::string& file);

/// The file that tells who changes the ledger, as this copy of it says; empty where it is none, or says none.
std::string recorded_audit(const std::string& file);

/// What a restore did.
struct Restored {
  Verified backup;     ///< with a fault: nothing was changed
  std::string before;  ///< where the ledger that was there is now; empty: there was none
};

/// Puts a backup in the place of the ledger, once it was verified. The ledger that was there is kept beside
/// it. Where another process works with the ledger, it must be told `while_in_use`: it goes on with the
/// backup, and what was booked since then is in the kept one only. Throws LedgerError.
Restored restore(const LedgerSettings& settings, const std::string& file, bool while_in_use);

}  // namespace tollgate::charge
