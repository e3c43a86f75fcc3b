#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/rules_in_force.hpp"
#include "control/bundle.hpp"
#include "control/rule_store.hpp"
#include "detect/plugins.hpp"
#include "engine/settings.hpp"

namespace tollgate::cli {

/// What rules of an appliance are loaded with.
struct RulesSource {
  const engine::Settings& settings;
  const detect::Plugins& plugins;
  std::string folder;                     ///< of rules; empty: there is none
  const std::vector<std::string>& trust;  ///< files of keys
};

/// Of the folder, without its own tests. What is found in it goes to standard error. Throws
/// std::runtime_error where there is an error in it.
RulesVersion load_folder(const RulesSource& source);

/// Of a bundle that is kept, and was tested when it came. Throws std::runtime_error.
RulesVersion load_kept(const RulesSource& source, const control::RuleStore& store, std::uint64_t number);

/// The rules that an appliance begins with: those that were in force when it ended; where they cannot be
/// used, which `say` is told, the newest bundle before them that can, and then the folder. Throws
/// std::runtime_error where that has an error. `store` is null where no key is trusted.
RulesVersion load_first(const RulesSource& source, const control::RuleStore* store,
                        const std::function<void(const std::string&)>& say);

}  // namespace tollgate::cli
