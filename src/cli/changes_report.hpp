#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli/verdict_changes.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::cli {

/// A folder of rules, and what was made of it.
struct RulesFolder {
  std::string path;
  const rules::Ruleset& ruleset;
  bool has_accounts = false;  ///< else nobody is charged by it
};

/// For a person: one-time passwords that would be lost first, the largest rows of each group.
std::string to_text(const VerdictChanges& changes, const RulesFolder& before, const RulesFolder& after);

/// All rows.
nlohmann::ordered_json to_json(const VerdictChanges& changes, const RulesFolder& before,
                               const RulesFolder& after);

}  // namespace tollgate::cli
