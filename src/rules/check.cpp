#include "rules/check.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "rules/regex_literal.hpp"
#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

using Kind = Condition::Kind;

/// Whether the condition holds for the message judged last.
bool holds(Evaluator& evaluator, const Condition& condition) {
  const auto child_holds = [&](const Condition& child) { return holds(evaluator, child); };
  switch (condition.kind) {
    case Kind::test: return evaluator.test_holds(condition.test);
    case Kind::negation: return !child_holds(condition.children.front());
    case Kind::all: return std::all_of(condition.children.begin(), condition.children.end(), child_holds);
    case Kind::any: return std::any_of(condition.children.begin(), condition.children.end(), child_holds);
  }
  return false;
}

class Reasons {
 public:
  Reasons(Evaluator& evaluator, const Rule& rule) : evaluator_(evaluator), rule_(rule) {}

  std::vector<Finding> of(const Condition& condition) {
    look(condition);
    return std::move(reasons_);
  }

 private:
  void look(const Condition& condition) {
    if (holds(evaluator_, condition)) return;
    switch (condition.kind) {
      case Kind::test: return add(condition, fmt::format("{} does not hold", name(condition)));
      case Kind::negation:
        return add(condition, fmt::format("not {{{}}} does not hold", name(condition.children.front())));
      case Kind::all:
        for (const Condition& child : condition.children) look(child);
        return;
      case Kind::any: return add(condition, fmt::format("none of {} holds", names(condition)));
    }
  }

  void add(const Condition& condition, std::string text) {
    reasons_.push_back(
        {Severity::error, {rule_.place.file, condition.line, condition.column}, std::move(text)});
  }

  std::string name(const Condition& condition) const {
    if (condition.kind == Kind::test)
      return describe(evaluator_.ruleset(), evaluator_.ruleset().tests[condition.test]);
    if (condition.kind == Kind::negation) return fmt::format("not {{{}}}", name(condition.children.front()));
    return names(condition);
  }
  std::string names(const Condition& condition) const {
    constexpr std::size_t shown = 3;
    std::string text;
    for (std::size_t i = 0; i < condition.children.size() && i < shown; ++i)
      text += fmt::format("{}{}",
                          i == 0                        ? ""
                          : condition.kind == Kind::any ? " | "
                                                        : ", ",
                          name(condition.children[i]));
    if (condition.children.size() > shown)
      text += fmt::format(" and {} more", condition.children.size() - shown);
    return text;
  }

  Evaluator& evaluator_;
  const Rule& rule_;
  std::vector<Finding> reasons_;
};

// Ordinary messages of many kinds; a pattern that stands in most of them says nothing.
constexpr std::string_view ordinary_texts[] = {
    "Hi, are you still coming for dinner at 7?",
    "Running late, start without me.",
    "Your parcel will be delivered tomorrow between 10 and 12.",
    "482913 is your verification code.",
    "Mum says thanks for the flowers!",
    "Reminder: dentist on Tuesday 14:30. Reply C to cancel.",
    "ok",
    "Hola, ¿nos vemos mañana en la plaza?",
    "Votre rendez-vous est confirmé pour lundi.",
    "Kannst du bitte Milch mitbringen?",
    "Oi, tudo bem? Te ligo mais tarde.",
    "Besok kita rapat jam sembilan ya.",
    "Akşam maça gidiyor musun?",
    "Привет, ты дома?",
    "مرحبا كيف حالك اليوم",
    "आप कब आ रहे हैं?",
    "明天见",
    "See https://example.com/timetable for the new times",
    "Balance: 12.40. Thank you for topping up.",
    "Happy birthday!!! 🎂",
};

bool shows_text(const Test& test) { return test.field == FieldId::text || test.field == FieldId::raw_text; }

}  // namespace

std::string describe(const Ruleset& ruleset, const Test& test) {
  if (test.op == Op::signal) return fmt::format("{}: {}", ruleset.signals[test.other], test.written);
  return fmt::format("{}: {}", field(test.field).name, test.written);
}

std::vector<Finding> why_not(Evaluator& evaluator, const Rule& rule) {
  return Reasons(evaluator, rule).of(rule.when);
}

TestRun run_tests(Evaluator& evaluator) {
  TestRun run;
  std::vector<double> signals;
  for (const Rule& rule : evaluator.ruleset().rules) {
    for (const RuleTest& test : rule.tests) {
      ++run.tests;
      Sample sample(evaluator.ruleset().home);
      for (const auto& [name, value] : test.fields) sample.set(name, value);
      signals.assign(evaluator.ruleset().signals.size(), std::numeric_limits<double>::quiet_NaN());
      for (const auto& [signal, value] : test.signals) signals[signal] = value;
      evaluator.judge(sample.message(), signals);
      if (evaluator.holds(rule.node) == test.match) continue;
      run.failed.push_back({&rule, &test, why_not(evaluator, rule)});
    }
  }
  return run;
}

void warn_of_patterns(Evaluator& evaluator, Findings& findings) {
  const Ruleset& set = evaluator.ruleset();
  std::map<TestId, std::size_t> stands_in;
  for (const std::string_view text : ordinary_texts) {
    Sample sample(set.home);
    sample.set("text", text);
    evaluator.judge(sample.message());
    for (TestId id = 0; id < set.tests.all().size(); ++id) {
      const Test& test = set.tests[id];
      if (test.op == Op::pattern && shows_text(test) && evaluator.test_holds(id)) ++stands_in[id];
    }
  }
  const auto is_slow = [&](TestId id) {
    const auto patterns = set.tests.patterns().find(set.tests[id].field);
    if (patterns == set.tests.patterns().end() || !shows_text(set.tests[id])) return false;
    const FieldPatterns& of_field = patterns->second;
    for (std::size_t i = 0; i < of_field.patterns.size(); ++i) {
      const auto is_used = [&](const FieldPatterns::Use& use) { return use.test == id; };
      const bool used = std::any_of(of_field.uses[i].begin(), of_field.uses[i].end(), is_used);
      if (used && of_field.patterns[i].kind == Pattern::Kind::regex &&
          shape_of(of_field.patterns[i].expression).is_slow())
        return true;
    }
    return false;
  };
  std::map<TestId, bool> slow;
  const auto warn = [&](const auto& self, const std::string& file, const Condition& condition) -> void {
    for (const Condition& child : condition.children) self(self, file, child);
    if (condition.kind != Kind::test) return;
    const Place place{file, condition.line, condition.column};
    const std::string& written = set.tests[condition.test].written;
    if (const auto wide = stands_in.find(condition.test);
        wide != stands_in.end() && wide->second * 2 > std::size(ordinary_texts)) {
      findings.warning(
          place, fmt::format("the pattern {} stands in {} of {} ordinary messages: it says almost nothing",
                             written, wide->second, std::size(ordinary_texts)));
      return;
    }
    if (set.tests[condition.test].op != Op::pattern) return;
    const auto [known, is_new] = slow.emplace(condition.test, false);
    if (is_new) known->second = is_slow(condition.test);
    if (known->second)
      findings.warning(
          place, fmt::format(
                     "the pattern {} is slow: it repeats something often, and no two characters side by side "
                     "stand in all that it matches, by which to find it; give it a word",
                     written));
  };
  for (const Rule& rule : set.rules) warn(warn, rule.place.file, rule.when);
}

}  // namespace tollgate::rules
