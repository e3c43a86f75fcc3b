#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "record/alert.hpp"

namespace tollgate::record {

// What is told of an alert: with the numbers of senders masked.

/// The currency of money, `percent`, `seconds`, or the figure that is counted.
std::string unit_of(const AlertRule& rule, const AlertRow& row);

/// `alert`, `state`, `value`, `bound`, `unit`, `since` and `row`.
nlohmann::ordered_json to_json(const AlertRule& rule, const AlertNotice& notice);

/// What there is to know of an alert: what it looks at, its bounds, and whether it is `firing` or `quiet`.
nlohmann::ordered_json state_of(const Alert& alert);

/// A notice as a line for a log, of ASCII alone.
std::string to_text(const AlertRule& rule, const AlertNotice& notice);

}  // namespace tollgate::record
