#pragma once

#include <cstdint>

#include "charge/accounts_file.hpp"
#include "charge/ledger.hpp"
#include "charge/sql.hpp"
#include "rules/finding.hpp"

namespace tollgate::charge {

/// Within a transaction of who calls, which is not to be committed where there is an error in `findings`.
void write_declared(sql::Database& database, const Declared& declared, std::uint64_t time_ns,
                    rules::Findings& findings);

Ledger::InForce read_in_force(sql::Database& database);

}  // namespace tollgate::charge
