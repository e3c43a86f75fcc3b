#pragma once

#include <vector>

#include "record/alert_rule.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {

/// An alert of the configuration, and where it stands.
struct PlacedAlert {
  record::AlertRule rule;
  YAML::Mark mark;
};

/// The list of `alerts`. What is wrong goes to the reader's findings.
std::vector<PlacedAlert> read_alerts(rules::YamlReader& reader, const YAML::Node& node);

}  // namespace tollgate::cli
