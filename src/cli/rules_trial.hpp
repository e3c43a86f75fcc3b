#pragma once

#include <memory>

#include <nlohmann/json.hpp>

#include "cli/verdict_changes.hpp"
#include "control/live_book.hpp"
#include "record/kept_messages.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::cli {

/// Judges messages that came lately by two rulesets, and notes what changes. Nobody is charged, and plugins
/// are not asked again: what they said of a message when it came holds for both, as do the lists as they are
/// live now. What is noted has no texts, and numbers are masked.
VerdictChanges try_rules(const std::shared_ptr<const rules::Ruleset>& before,
                         const std::shared_ptr<const rules::Ruleset>& after, const control::LiveBook& lists,
                         const record::KeptMessages::All& messages);

/// What is noted, as `diff --json` has it: the largest rows of each group, and of the examples what is known
/// without text.
nlohmann::ordered_json trial_json(const VerdictChanges& changes, const rules::Ruleset& before,
                                  const rules::Ruleset& after);

}  // namespace tollgate::cli
