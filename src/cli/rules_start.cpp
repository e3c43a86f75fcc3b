#include "cli/rules_start.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "control/bundle_rules.hpp"

namespace tollgate::cli {

RulesVersion load_folder(const RulesSource& source) {
  return {.number = control::RuleStore::folder_version,
          .created = {},
          .signer = {},
          .ruleset = load_ruleset(source.settings, source.folder, source.plugins)};
}

RulesVersion load_kept(const RulesSource& source, const control::RuleStore& store, std::uint64_t number) {
  const std::string path = store.path(number);
  const control::Bundle bundle =
      control::open_bundle(control::read_bundle_file(path), control::read_trusted_keys(source.trust), path);
  if (bundle.manifest.version != number)
    throw std::runtime_error(fmt::format("{}: found version {}", path, bundle.manifest.version));
  rules::Findings findings;
  const rules::RuleFiles files = control::rule_files_of(bundle, findings);
  auto ruleset = rules::load(files, load_options(source.settings, source.plugins), findings);
  if (ruleset == nullptr) {
    const auto& all = findings.all();
    const auto first = std::find_if(all.begin(), all.end(), [](const rules::Finding& finding) {
      return finding.severity == rules::Severity::error;
    });
    throw std::runtime_error(fmt::format("{}: {}", path, to_string(*first)));
  }
  return {.number = number,
          .created = bundle.manifest.created,
          .signer = control::describe(bundle.signer),
          .ruleset = std::move(ruleset)};
}

RulesVersion load_first(const RulesSource& source, const control::RuleStore* store,
                        const std::function<void(const std::string&)>& say) {
  if (store != nullptr && !store->damage().empty()) say(store->damage());
  if (store != nullptr && store->in_force() != control::RuleStore::folder_version) {
    std::vector<std::uint64_t> candidates{store->in_force()};
    const auto& versions = store->versions();
    for (auto one = versions.rbegin(); one != versions.rend(); ++one)
      if (*one < store->in_force()) candidates.push_back(*one);
    for (const std::uint64_t number : candidates) {
      try {
        return load_kept(source, *store, number);
      } catch (const std::exception& error) {
        say(fmt::format("bundle {} cannot be put in force: {}; what was before it is tried", number,
                        error.what()));
      }
    }
  }
  return source.folder.empty() ? RulesVersion{} : load_folder(source);
}

}  // namespace tollgate::cli
