#pragma once

#include <vector>

#include "control/bundle.hpp"
#include "rules/finding.hpp"
#include "rules/load.hpp"

namespace tollgate::control {

/// A bundle's files as rules::load takes them. Warns where there is no policy.
rules::RuleFiles rule_files_of(const Bundle& bundle, rules::Findings& findings);

/// The files of a folder, as rules::read_rule_files gives them, as a bundle has them: named from the folder.
/// Throws BundleError where one is a link, or has a name that no file in a bundle may have.
std::vector<rules::File> bundle_files_of(const rules::RuleFiles& files);

}  // namespace tollgate::control
