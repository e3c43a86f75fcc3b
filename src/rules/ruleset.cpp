#include "rules/ruleset.hpp"

#include <algorithm>
#include <optional>

namespace tollgate::rules {
namespace {

using Kind = Condition::Kind;

/// What looking a test up costs, or how often it is expected to hold; the least is the best anchor.
enum Rarity : std::uint8_t { pattern, exact, listed, prefix, number, common };

Rarity rarity(const Test& test) {
  switch (test.op) {
    case Op::pattern: return pattern;
    case Op::equals: return field(test.field).type == FieldType::choice ? common : exact;
    case Op::listed: return listed;
    case Op::prefix: return prefix;
    case Op::compare: return test.relation == Relation::equal ? number : common;
    default: return common;
  }
}

/// Tests of which at least one holds where the condition does.
struct Anchor {
  Rarity rarity = pattern;
  std::vector<TestId> tests;
};

std::optional<Anchor> anchor_of(const Tests& tests, const Condition& condition) {
  switch (condition.kind) {
    case Kind::negation: return {};
    case Kind::test: {
      const Rarity of_test = rarity(tests[condition.test]);
      if (of_test == common) return {};
      return Anchor{of_test, {condition.test}};
    }
    case Kind::all: {
      std::optional<Anchor> best;
      for (const Condition& child : condition.children) {
        auto anchor = anchor_of(tests, child);
        if (!anchor) continue;
        const bool better = !best || anchor->rarity < best->rarity ||
                            (anchor->rarity == best->rarity && anchor->tests.size() < best->tests.size());
        if (better) best = std::move(anchor);
      }
      return best;
    }
    case Kind::any: {
      Anchor joined;
      for (const Condition& child : condition.children) {
        const auto anchor = anchor_of(tests, child);
        if (!anchor) return {};
        joined.rarity = std::max(joined.rarity, anchor->rarity);
        joined.tests.insert(joined.tests.end(), anchor->tests.begin(), anchor->tests.end());
      }
      return joined;
    }
  }
  return {};
}

/// The entry of `all` for that field, made where there is none.
template <class Entry>
Entry& of_field(std::vector<Entry>& all, FieldId id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Entry& e) { return e.field == id; });
  if (found != all.end()) return *found;
  all.emplace_back().field = id;
  return all.back();
}

void index_test(Index& index, const Tests& tests, TestId id) {
  const Test& test = tests[id];
  switch (test.op) {
    case Op::equals: of_field(index.exact, test.field).values.emplace(test.text, id); break;
    case Op::compare: of_field(index.numbers, test.field).values.emplace(test.number, id); break;
    case Op::listed: index.listed.push_back(id); break;
    case Op::prefix: {
      auto& prefixes = of_field(index.prefixes, test.field);
      prefixes.values.emplace(test.text, id);
      auto& lengths = prefixes.lengths;
      if (std::find(lengths.begin(), lengths.end(), test.text.size()) == lengths.end())
        lengths.push_back(test.text.size());
      break;
    }
    default: break;  // patterns are scanned for
  }
}

/// What is cheap to ask is asked first.
unsigned cost(const Tests& tests, const Condition& condition) {
  if (condition.kind == Kind::test) {
    switch (tests[condition.test].op) {
      case Op::pattern:
      case Op::label: return 0;
      case Op::listed: return 3;
      case Op::time: return 2;
      default: return 1;
    }
  }
  unsigned sum = 1;
  for (const Condition& child : condition.children) sum += cost(tests, child);
  return sum;
}

std::uint32_t append(std::vector<Node>& nodes, const Tests& tests, const Condition& condition) {
  const auto place = static_cast<std::uint32_t>(nodes.size());
  nodes.push_back({condition.kind, condition.test, 0});
  std::vector<const Condition*> children;
  for (const Condition& child : condition.children) children.push_back(&child);
  std::stable_sort(children.begin(), children.end(),
                   [&](const Condition* a, const Condition* b) { return cost(tests, *a) < cost(tests, *b); });
  for (const Condition* child : children) append(nodes, tests, *child);
  nodes[place].end = static_cast<std::uint32_t>(nodes.size());
  return place;
}

void note_signals(Ruleset& ruleset, const Condition& condition) {
  for (const Condition& child : condition.children) note_signals(ruleset, child);
  if (condition.kind != Kind::test) return;
  const Test& test = ruleset.tests[condition.test];
  if (test.op == Op::signal) ruleset.compared[test.other] = 1;
}

/// Which signals the rules in force, shadows too, and the policy ask for.
void note_signals(Ruleset& ruleset) {
  ruleset.compared.assign(ruleset.signals.size(), 0);
  for (const Rule& rule : ruleset.rules) {
    if (rule.state != RuleState::draft) note_signals(ruleset, rule.when);
  }
  for (const PolicyLine& line : ruleset.policy) {
    note_signals(ruleset, line.when);
    for (const Action* action = &line.action; action != nullptr; action = action->otherwise.get())
      if (action->verdict == Verdict::throttle) ruleset.compared[action->signal] = 1;
  }
  for (std::uint32_t signal = 0; signal < ruleset.compared.size(); ++signal) {
    if (ruleset.compared[signal] != 0) ruleset.shown_signals.push_back(signal);
  }
}

}  // namespace

void lay_out(Ruleset& ruleset) {
  std::vector<bool> indexed(ruleset.tests.all().size());
  ruleset.index.rules.resize(ruleset.tests.all().size());
  for (std::uint32_t i = 0; i < ruleset.rules.size(); ++i) {
    Rule& rule = ruleset.rules[i];
    rule.node = append(ruleset.nodes, ruleset.tests, rule.when);
    const auto anchor = anchor_of(ruleset.tests, rule.when);
    rule.anchored = anchor.has_value();
    if (rule.state == RuleState::draft) continue;
    if (!anchor) {
      ruleset.index.always.push_back(i);
      continue;
    }
    for (const TestId test : anchor->tests) {
      auto& rules = ruleset.index.rules[test];
      if (rules.empty() || rules.back() != i) rules.push_back(i);
      if (!indexed[test]) index_test(ruleset.index, ruleset.tests, test);
      indexed[test] = true;
    }
  }
  for (PolicyLine& line : ruleset.policy) line.node = append(ruleset.nodes, ruleset.tests, line.when);
  note_signals(ruleset);
}

const Rule* find_rule(const Ruleset& ruleset, std::uint32_t id) {
  const auto found =
      std::lower_bound(ruleset.rules.begin(), ruleset.rules.end(), id,
                       [](const Rule& rule, std::uint32_t wanted) { return rule.id < wanted; });
  return found != ruleset.rules.end() && found->id == id ? &*found : nullptr;
}

void name_operators(const Ruleset& ruleset, Message& m) {
  if (ruleset.operators == nullptr) return;
  const auto name = [&](std::string_view digits, std::string_view& to) -> const Operator* {
    if (digits.empty()) return nullptr;
    const Operator* found = ruleset.operators->find(digits);
    if (found != nullptr && to.empty()) to = found->name;
    return found;
  };
  for (Endpoint* end : {&m.origin, &m.destination}) {
    const Operator* found = name(end->gt, end->operator_name);
    if (found == nullptr) continue;
    if (end->country.empty()) end->country = found->country;
    if (end->account.empty()) end->account = found->account;
  }
  const Operator* centre = name(m.service_centre, m.service_centre_operator);
  if (centre != nullptr && m.origin.account.empty()) m.origin.account = centre->account;
  name(m.sender.number, m.sender.operator_name);
  name(m.recipient.number, m.recipient.operator_name);
}

}  // namespace tollgate::rules
