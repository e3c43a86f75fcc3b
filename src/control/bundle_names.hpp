#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::control {

/// Which of a folder's files one is.
enum class RulesPart : std::uint8_t { rules, policy, list, operators };

/// Of a file in a bundle, by its name: `NAME.yaml`, `policy.yaml`, `lists/NAME.txt`, `lists/NAME.csv` or
/// `operators.csv`. Nothing for any other, so that no name leads out of a folder, into another or to a file
/// that is not of rules.
std::optional<RulesPart> part_named(std::string_view name);

}  // namespace tollgate::control
