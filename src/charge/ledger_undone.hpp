#pragma once

#include <cstdint>

#include "charge/sql.hpp"
#include "rules/time_window.hpp"

namespace tollgate::charge {

/// Counts what a correction of the movement, a spend or a fee, gives back to the months whose events it had
/// paid, by the clocks of the account. Within a transaction of who calls.
void give_back_in_months(sql::Database& database, std::int64_t movement, const rules::TimeZone& zone);

}  // namespace tollgate::charge
