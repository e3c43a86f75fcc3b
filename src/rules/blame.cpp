#include "rules/blame.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace tollgate::rules {
namespace {

using Labels = std::set<LabelId>;

/// What stands below `not` has not made a verdict: the line holds where that label is missing.
void add_labels(const Condition& condition, const Tests& tests, Labels& labels) {
  if (condition.kind == Condition::Kind::negation) return;
  if (condition.kind == Condition::Kind::test) {
    const Test& test = tests[condition.test];
    if (test.op == Op::label) labels.insert(test.other);
    return;
  }
  for (const Condition& child : condition.children) add_labels(child, tests, labels);
}

}  // namespace

std::vector<std::uint32_t> to_blame(const Ruleset& ruleset, std::string_view policy,
                                    const std::vector<std::uint32_t>& held) {
  const auto line = std::find_if(ruleset.policy.begin(), ruleset.policy.end(),
                                 [&](const PolicyLine& one) { return one.name == policy; });
  if (line == ruleset.policy.end()) return held;
  Labels asked;
  add_labels(line->when, ruleset.tests, asked);
  std::vector<std::uint32_t> blamed;
  std::copy_if(held.begin(), held.end(), std::back_inserter(blamed), [&](std::uint32_t id) {
    const Rule* const rule = find_rule(ruleset, id);
    return rule != nullptr && std::any_of(rule->labels.begin(), rule->labels.end(),
                                          [&](LabelId label) { return asked.contains(label); });
  });
  return blamed.empty() ? held : blamed;
}

}  // namespace tollgate::rules
