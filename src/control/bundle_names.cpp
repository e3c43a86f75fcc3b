#include "control/bundle_names.hpp"

#include "control/bundle_limits.hpp"
#include "control/plain_text.hpp"
#include "rules/load.hpp"

namespace tollgate::control {
namespace {

constexpr std::string_view lists = "lists/";

/// Whether something stands before the ending; loading passes over names that begin with a dot.
bool ends(std::string_view name, std::string_view ending) {
  return name.ends_with(ending) && name.size() > ending.size() && !name.starts_with('.');
}

}  // namespace

std::optional<RulesPart> part_named(std::string_view name) {
  if (name.size() > longest_file_name || !is_plain_text(name)) return std::nullopt;
  const bool in_lists = name.starts_with(lists);
  if (in_lists) name.remove_prefix(lists.size());
  if (name.find('/') != name.npos) return std::nullopt;
  if (in_lists)
    return ends(name, ".txt") || ends(name, ".csv") ? std::optional(RulesPart::list) : std::nullopt;
  if (name == "operators.csv") return RulesPart::operators;
  if (name == "policy.yaml") return RulesPart::policy;
  if (name == rules::accounts_file || !ends(name, ".yaml")) return std::nullopt;
  return RulesPart::rules;
}

}  // namespace tollgate::control
