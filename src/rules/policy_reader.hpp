#pragma once

#include <string_view>
#include <vector>

#include "rules/condition_reader.hpp"
#include "rules/policy.hpp"

namespace tollgate::rules {

/// Reads policy.yaml. Faults are noted.
std::vector<PolicyLine> read_policy(YamlReader& reader, Vocabulary& words, const YAML::Node& root);

/// Whether a MAP error of that name may be given, without a parameter, in the place of an answer to the
/// operation (TS 29.002 17.6.6); `version` is MAP's, 0 any.
bool map_error_allowed(std::string_view operation, unsigned version, std::string_view error);

}  // namespace tollgate::rules
