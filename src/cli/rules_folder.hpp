#pragma once

#include <memory>
#include <string>

#include "detect/plugins.hpp"
#include "engine/settings.hpp"
#include "rules/load.hpp"

namespace tollgate::cli {

/// Where compiled patterns are kept: `$XDG_CACHE_HOME/tollgate` or `~/.cache/tollgate`; empty where neither
/// is known.
std::string pattern_cache();

/// How rules are loaded for a command.
rules::LoadOptions load_options(const engine::Settings& settings, const detect::Plugins& plugins);

/// What a finding quotes, but for what may be somebody's number: it may stand in a log.
std::string without_numbers(std::string text);

/// The rules of `folder`, by default of the settings' folder. What is found in them goes to standard error.
/// Throws std::runtime_error where there is an error among it.
std::shared_ptr<const rules::Ruleset> load_ruleset(const engine::Settings& settings,
                                                   const std::string& folder, const detect::Plugins& plugins);

/// What messages are judged by. Plugins remember messages: the workers of an appliance share them, other
/// engines have their own.
struct Judges {
  std::shared_ptr<const detect::Plugins> plugins;
  std::shared_ptr<const rules::Ruleset> ruleset;
};

/// The plugins, and the rules of `folder`, by default of the settings' folder; both null where no rules are
/// named. What is found in them goes to standard error. Plugins that cannot be used are left out. Throws
/// std::runtime_error where there is an error in the rules.
Judges load_judges(const engine::Settings& settings, const std::string& folder);

}  // namespace tollgate::cli
