#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "message/fold.hpp"
#include "message/home.hpp"
#include "message/judgement.hpp"
#include "rules/condition.hpp"
#include "rules/matcher.hpp"
#include "rules/operators.hpp"
#include "rules/policy.hpp"
#include "rules/public_suffixes.hpp"
#include "rules/text_hash.hpp"

namespace tollgate::rules {

/// One of a rule's own tests: a message, and whether the rule has to hold for it.
struct RuleTest {
  std::vector<std::pair<std::string, std::string>> fields;  ///< the event's, with their values
  std::vector<std::pair<std::uint32_t, double>> signals;    ///< by index; the others are missing
  bool match = true;
  Place place;
};

struct Rule {
  std::uint32_t id = 0;
  std::uint32_t rev = 1;
  std::string name;
  std::vector<LabelId> labels;
  RuleState state = RuleState::enforce;
  Condition when;
  std::vector<RuleTest> tests;
  Place place;
  std::uint32_t node = 0;  ///< of `when`, in the ruleset's nodes
  bool anchored = false;   ///< looked at only when one of its tests is found to hold
};

/// A condition's node as it is evaluated: its children follow it, each up to its own end.
struct Node {
  Condition::Kind kind = Condition::Kind::all;
  TestId test = 0;
  std::uint32_t end = 0;  ///< of it and what is below it, in Ruleset::nodes
};

/// Finds the rules that a message may fulfil, without looking at each: each rule stands under tests of which
/// one at least holds where the rule does.
struct Index {
  struct Exact {
    FieldId field;
    ByText<TestId> values;
  };
  struct Prefixes {
    FieldId field;
    std::vector<std::size_t> lengths;
    ByText<TestId> values;
  };
  struct Numbers {
    FieldId field;
    absl::flat_hash_map<std::uint64_t, TestId> values;
  };
  std::vector<Exact> exact;
  std::vector<Prefixes> prefixes;
  std::vector<Numbers> numbers;
  std::vector<TestId> listed;
  std::vector<std::vector<std::uint32_t>> rules;  ///< by test: those that stand under it
  std::vector<std::uint32_t> always;              ///< rules without such a test
};

/// Rules, lists and policy, ready to judge. Never changes; shared by all workers.
struct Ruleset {
  std::string name;         ///< a digest of all files
  std::vector<Rule> rules;  ///< by id
  std::vector<PolicyLine> policy;
  Tests tests;
  std::vector<Node> nodes;
  std::array<std::shared_ptr<const Matcher>, field_count> matchers;  ///< null where a field has no patterns
  Index index;
  std::vector<NamedList> lists;
  const List* shorteners = nullptr;
  std::shared_ptr<const Operators> operators;  ///< null where there is no such table
  std::shared_ptr<const CountryZones> zones;   ///< null where no condition asks for the recipient's time
  std::vector<std::string> signals;            ///< that plugins publish
  std::vector<std::uint8_t> compared;          ///< by signal: 1 where a rule or the policy asks for it
  std::vector<std::uint32_t> shown_signals;    ///< those
  Home home;
  std::shared_ptr<const FoldTables> fold;
  std::shared_ptr<const PublicSuffixes> suffixes;
};

/// Lays out the nodes of all rules and policy lines, and makes the index. Drafts stand in no index.
void lay_out(Ruleset& ruleset);

/// The rule of that id; null where there is none.
const Rule* find_rule(const Ruleset& ruleset, std::uint32_t id);

/// Fills in the operators that the message leaves open, by the table.
void name_operators(const Ruleset& ruleset, Message& message);

}  // namespace tollgate::rules
