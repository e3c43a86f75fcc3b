#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "cli/rules_folder.hpp"
#include "detect/detectors.hpp"
#include "rules/evaluate.hpp"

namespace tollgate::cli {

/// Judges messages by rules and plugins, as the engine does.
class MessageJudge {
 public:
  explicit MessageJudge(const Judges& judges)
      : evaluator_(judges.ruleset), detectors_(judges.plugins, *judges.ruleset) {}

  /// What `message.judgement` shows is good until the next one. `given` are signals by name, in the place of
  /// the plugins' own. Throws std::runtime_error where one is no number.
  void judge(Message& message, const nlohmann::ordered_json& given = nlohmann::ordered_json::object());

  rules::Evaluator& evaluator() { return evaluator_; }

 private:
  rules::Evaluator evaluator_;
  detect::Detectors detectors_;
  std::vector<double> signals_;
};

}  // namespace tollgate::cli
