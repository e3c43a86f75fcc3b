#pragma once

#include <memory>
#include <string>

#include "engine/settings.hpp"
#include "rules/load.hpp"

namespace tollgate::cli {

/// Where compiled patterns are kept: `$XDG_CACHE_HOME/tollgate` or `~/.cache/tollgate`; empty where neither
/// is known.
std::string pattern_cache();

/// How rules are loaded for a command.
rules::LoadOptions load_options(const engine::Settings& settings);

/// The rules of `folder`, by default of the settings' folder; null where neither is named. What is found in
/// them goes to standard error. Throws std::runtime_error where there is an error.
std::shared_ptr<const rules::Ruleset> load_rules(const engine::Settings& settings, const std::string& folder);

}  // namespace tollgate::cli
