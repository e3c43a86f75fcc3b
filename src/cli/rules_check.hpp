#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rules/check.hpp"
#include "rules/load.hpp"

namespace tollgate::cli {

/// What is wrong with rules, and how their own tests came out.
struct RulesCheck {
  rules::Findings findings;
  std::shared_ptr<const rules::Ruleset> set;  ///< null where there is an error
  rules::TestRun run;

  bool good() const { return !findings.any_error() && run.failed.empty(); }
};

/// Loads the files, unless there is an error already, and runs every rule's own tests.
RulesCheck check_rules(const rules::RuleFiles& files, const rules::LoadOptions& options,
                       rules::Findings findings);

/// The same of a folder, of which these are the files, and of the accounts beside them.
RulesCheck check_folder(const std::string& folder, const rules::RuleFiles& files,
                        const rules::LoadOptions& options, rules::Findings findings);
RulesCheck check_folder(const std::string& folder, const rules::LoadOptions& options,
                        rules::Findings findings);

/// The errors, and the tests that failed, for a person; each ends without a line break.
std::vector<std::string> fault_texts(const RulesCheck& check);
/// All findings, and the tests that failed.
void print_findings(std::FILE* to, const RulesCheck& check);
/// The same, and what the rules are made of.
void print_text(const RulesCheck& check);
void print_json(const RulesCheck& check);

/// As `check --json` has it.
nlohmann::ordered_json finding_json(const rules::Finding& finding);

}  // namespace tollgate::cli
