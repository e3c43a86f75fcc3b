#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/rules_in_force.hpp"
#include "rules/finding.hpp"
#include "rules/load.hpp"

namespace tollgate::cli {

/// A version of the rules, and what its authors wrote.
struct WrittenRules {
  RulesVersion version;
  rules::RuleFiles files;  ///< none where they cannot be read any more
};

/// What `after` has that `before` has not, and the other way round: rules by id, policy lines by name, lists.
/// What is written is quoted, where it is known.
nlohmann::ordered_json difference(const WrittenRules& before, const WrittenRules& after);

/// The entry of a list in YAML that begins there: its lines, without those of the next entry.
std::string entry_at(std::string_view yaml, const rules::Place& place);

}  // namespace tollgate::cli
