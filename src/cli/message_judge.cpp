#include "cli/message_judge.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

namespace tollgate::cli {

void MessageJudge::judge(Message& message, const nlohmann::ordered_json& given) {
  const auto detected = detectors_.detect(evaluator_.look_at(message));
  const std::vector<std::string>& names = evaluator_.ruleset().signals;
  signals_.assign(names.size(), std::numeric_limits<double>::quiet_NaN());
  std::copy(detected.begin(), detected.end(), signals_.begin());
  for (const auto& [name, value] : given.items()) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end()) continue;
    if (!value.is_number()) throw std::runtime_error(fmt::format("the signal `{}` is no number", name));
    signals_[static_cast<std::size_t>(known - names.begin())] = value.get<double>();
  }
  evaluator_.judge(signals_);
}

}  // namespace tollgate::cli
