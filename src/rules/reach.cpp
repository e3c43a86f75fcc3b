#include "rules/reach.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace tollgate::rules {
namespace {

using Kind = Condition::Kind;

enum class Truth : std::uint8_t { no, unknown, yes };

Truth opposite(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

/// Three-valued: `of_test` says of each test what is known of it.
template <class OfTest>
Truth evaluate(const Condition& condition, const OfTest& of_test) {
  switch (condition.kind) {
    case Kind::test: return of_test(condition.test);
    case Kind::negation: return opposite(evaluate(condition.children.front(), of_test));
    case Kind::all: {
      Truth least = Truth::yes;
      for (const Condition& child : condition.children) least = std::min(least, evaluate(child, of_test));
      return least;
    }
    case Kind::any: {
      Truth most = Truth::no;
      for (const Condition& child : condition.children) most = std::max(most, evaluate(child, of_test));
      return most;
    }
  }
  return Truth::unknown;
}

Truth known(bool truth) { return truth ? Truth::yes : Truth::no; }

Truth of_facts(const Test& test, const Facts& facts) {
  if (test.op == Op::signal) return Truth::unknown;
  const Field::Reach reach = field(test.field).reach;
  if (reach == Field::map && facts.protocol != "map") return Truth::no;
  if (reach == Field::smpp && facts.protocol != "smpp") return Truth::no;
  if (test.field == FieldId::protocol) return known(test.text == facts.protocol);
  if (test.field == FieldId::operation && !facts.operation.empty())
    return known(test.text == facts.operation);
  if (test.field == FieldId::tcap_version && facts.map_version != 0 && test.op == Op::compare)
    return known(holds(test.relation, std::uint64_t{facts.map_version}, test.number));
  return Truth::unknown;
}

/// The one field that all tests below ask about, if they do so in a way that its value alone decides.
struct OneField {
  std::optional<FieldId> id;
  bool mixed = false;
};

void look_for_field(const Tests& tests, const Condition& condition, OneField& one) {
  if (condition.kind == Kind::test) {
    const Test& test = tests[condition.test];
    const bool decided = (test.op == Op::equals || test.op == Op::prefix || test.op == Op::compare) &&
                         field(test.field).count == Field::one;
    if (!decided || (one.id && *one.id != test.field)) one.mixed = true;
    one.id = test.field;
    return;
  }
  for (const Condition& child : condition.children) look_for_field(tests, child, one);
}

/// A value of a field to be tried, or none.
struct Value {
  bool missing = false;
  std::uint64_t number = 0;
  std::string text;
};

void collect(const Tests& tests, const Condition& condition, std::vector<Value>& values) {
  if (condition.kind == Kind::test) {
    const Test& test = tests[condition.test];
    if (test.op == Op::compare) {
      const Bounds allowed = bounds(test.field);
      for (const std::uint64_t n : {test.number - 1, test.number, test.number + 1}) {
        if (n >= allowed.least && n <= allowed.most) values.push_back({false, n, {}});
      }
    } else {
      values.push_back({false, 0, test.text});
      values.push_back({false, 0, test.text + "0"});
    }
    return;
  }
  for (const Condition& child : condition.children) collect(tests, child, values);
}

bool holds_for(const Test& test, const Value& value) {
  if (value.missing) return false;
  switch (test.op) {
    case Op::equals: return value.text == test.text;
    case Op::prefix: return value.text.starts_with(test.text);
    case Op::compare: return holds(test.relation, value.number, test.number);
    default: return true;
  }
}

}  // namespace

bool can_hold(const Tests& tests, const Condition& condition, const Facts& facts) {
  return evaluate(condition, [&](TestId id) { return of_facts(tests[id], facts); }) != Truth::no;
}

std::optional<FieldId> contradiction(const Tests& tests, const Condition& condition) {
  if (condition.kind == Kind::any) {
    std::optional<FieldId> first;
    for (const Condition& child : condition.children) {
      const auto found = contradiction(tests, child);
      if (!found) return {};
      if (!first) first = found;
    }
    return first;
  }
  if (condition.kind != Kind::all) return {};
  std::vector<std::pair<FieldId, std::vector<const Condition*>>> by_field;
  // Keys within keys, joined by and all of them, are taken apart.
  std::vector<const Condition*> parts{&condition};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i]->kind == Kind::all) {
      for (const Condition& child : parts[i]->children) parts.push_back(&child);
      continue;
    }
    if (const auto below = contradiction(tests, *parts[i])) return below;
    OneField one;
    look_for_field(tests, *parts[i], one);
    if (one.mixed || !one.id) continue;
    const auto same =
        std::find_if(by_field.begin(), by_field.end(), [&](const auto& f) { return f.first == *one.id; });
    if (same == by_field.end()) by_field.push_back({*one.id, {parts[i]}});
    else same->second.push_back(parts[i]);
  }
  for (const auto& group : by_field) {
    const FieldId id = group.first;
    const std::vector<const Condition*>& conditions = group.second;
    std::vector<Value> values{{true, 0, {}}};
    if (field(id).type == FieldType::choice) {
      for (const std::string_view choice : choices(id)) values.push_back({false, 0, std::string(choice)});
    } else if (field(id).type == FieldType::number) {
      values.push_back({false, bounds(id).least, {}});
      values.push_back({false, bounds(id).most, {}});
    } else {
      values.push_back({false, 0, "\x01"});  // none that a condition names
    }
    for (const Condition* c : conditions) collect(tests, *c, values);
    const bool one_holds = std::any_of(values.begin(), values.end(), [&](const Value& value) {
      return std::all_of(conditions.begin(), conditions.end(), [&](const Condition* c) {
        return evaluate(*c, [&](TestId t) { return known(holds_for(tests[t], value)); }) == Truth::yes;
      });
    });
    if (!one_holds) return id;
  }
  return {};
}

}  // namespace tollgate::rules
