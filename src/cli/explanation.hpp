#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/price_explanation.hpp"
#include "message/message.hpp"
#include "rules/outcome.hpp"

namespace tollgate::cli {

/// Why a message was judged as it was, kept for `explain` to show.
struct Explanation {
  struct Rule {
    std::uint32_t id = 0;
    std::uint32_t rev = 0;
    RuleState state = RuleState::enforce;
    std::string name;
    std::vector<std::string> labels;
    rules::Place place;
    std::vector<TextSpan> spans;
  };
  struct PolicyLine {
    std::string name;
    rules::Place place;
    rules::Outcome when;
    std::string action;
  };
  struct Asked {
    Rule rule;
    rules::Outcome when;
  };

  bool has_text = false;
  std::string text;                 ///< that was matched
  std::vector<std::string> folded;  ///< its readings
  std::vector<Rule> rules;          ///< that hold
  std::uint32_t more_rules = 0;
  std::vector<std::string> labels;
  std::optional<PolicyLine> policy;
  std::optional<PriceExplanation> price;
  std::optional<Asked> asked;
};

/// Of the message that `evaluator` has just judged, but for its price; with the outcome of the conditions of
/// `asked`, unless that is null. Fills in the spans of the message's judgement.
Explanation explanation_of(Message& message, rules::Evaluator& evaluator, rules::SpanFinder& spans,
                           const rules::Rule* asked);

/// For a person, who has seen the event's other fields.
std::string to_text(const Explanation& explanation, bool colours);

/// Adds to the event what it does not have yet: folded text, names and places of rules and policy line, the
/// outcome of conditions.
void add_to(nlohmann::ordered_json& event, const Explanation& explanation);

}  // namespace tollgate::cli
