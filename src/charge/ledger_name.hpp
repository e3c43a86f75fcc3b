#pragma once

#include <string>

#include "charge/ledger.hpp"

namespace tollgate::charge {

/// Which ledger the settings name, the same however they say it: a file by its whole path, a database by
/// where it is and who uses it. There is no password in it.
std::string name_of(const LedgerSettings& settings);

}  // namespace tollgate::charge
