#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "message/home.hpp"
#include "rules/finding.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::rules {

struct LoadOptions {
  Home home;
  std::vector<std::string> signals;  ///< that plugins publish, by their index
  std::filesystem::path cache;       ///< of compiled patterns; empty: none
};

/// A file and what stands in it.
struct File {
  std::string name;  ///< as findings call it
  std::string content;
};

/// The files of a folder of rules.
struct RuleFiles {
  std::vector<File> rules;
  std::vector<File> policy;     ///< none or one
  std::vector<File> lists;      ///< the name is that of the file, without its ending, is the list's
  std::vector<File> operators;  ///< none or one
  bool accounts = false;        ///< accounts stand beside them, which name lists, too
};

/// Beside the rules: accounts and prices, of which these know nothing.
inline constexpr std::string_view accounts_file = "accounts.yaml";

/// The files of `folder`: `*.yaml`, `policy.yaml`, `lists/`, `operators.csv`, by name. What cannot be read is
/// noted.
RuleFiles read_rule_files(const std::filesystem::path& folder, Findings& findings);

/// What a ruleset of these files is called: a digest of their names and contents.
std::string digest(const RuleFiles& files);

/// Makes a ruleset of `files`; null where there is any error. Faults of all files are noted, by place.
std::shared_ptr<const Ruleset> load(const RuleFiles& files, const LoadOptions& options, Findings& findings);

/// The ruleset of `folder`.
std::shared_ptr<const Ruleset> load(const std::filesystem::path& folder, const LoadOptions& options,
                                    Findings& findings);

}  // namespace tollgate::rules
