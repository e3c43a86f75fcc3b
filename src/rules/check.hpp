#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rules/evaluate.hpp"
#include "rules/finding.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::rules {

/// `url.host: @url-shorteners`: a test as a person reads it.
std::string describe(const Ruleset& ruleset, const Test& test);

/// A rule's own test that did not come out as it should.
struct FailedTest {
  const Rule* rule;
  const RuleTest* test;
  /// Of a rule that should match: its conditions that do not hold, each with its place.
  std::vector<Finding> reasons;
};

struct TestRun {
  std::size_t tests = 0;
  std::vector<FailedTest> failed;
};

/// Runs every rule's own tests, drafts too.
TestRun run_tests(Evaluator& evaluator);

/// The parts of `rule`'s condition that keep it from holding for the message judged last.
std::vector<Finding> why_not(Evaluator& evaluator, const Rule& rule);

/// Warns of patterns that stand in most of a few ordinary messages, and of slow ones.
void warn_of_patterns(Evaluator& evaluator, Findings& findings);

}  // namespace tollgate::rules
