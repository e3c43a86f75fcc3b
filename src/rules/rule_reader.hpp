#pragma once

#include <vector>

#include "rules/condition_reader.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::rules {

/// Reads the rules of one file: a list of maps. Faults are noted, and the rule that has them left out.
void read_rules(YamlReader& reader, Vocabulary& words, const YAML::Node& root, std::vector<Rule>& rules);

}  // namespace tollgate::rules
