#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/evaluate.hpp"
#include "rules/finding.hpp"
#include "rules/spans.hpp"

namespace tollgate::rules {

/// What became of a condition for one message, for a person to read: a tree as the condition is.
struct Outcome {
  Condition::Kind kind = Condition::Kind::all;
  bool holds = false;
  Place place;
  std::vector<Outcome> children;

  // Of a test.
  std::string name;      ///< of the field or signal
  std::string expected;  ///< as a person wrote it
  /// What the message has there: of a pattern in the text, what it matched. Nothing where it has none.
  std::vector<std::string> found;
  std::vector<TextSpan> spans;  ///< of a pattern in the text that holds
};

/// The outcome of `condition`, which stands in `file`, for the message that `evaluator` judged last and that
/// `spans` looks at.
Outcome outcome_of(const Condition& condition, const std::string& file, Evaluator& evaluator,
                   SpanFinder& spans);

/// A part of a text by its characters. The span lies inside.
std::string_view part_of(std::string_view text, TextSpan span);

}  // namespace tollgate::rules
