#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "detect/detectors.hpp"
#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"

namespace tollgate::detect {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Plugins of one folder, and rules that ask for some of their signals.
class Detecting {
 public:
  Detecting(const Settings& settings, const std::vector<std::string>& wanted)
      : Detecting(opened(settings), wanted) {}
  /// As a worker of several.
  Detecting(std::shared_ptr<const Plugins> plugins, const std::vector<std::string>& wanted,
            std::uint32_t worker = 0)
      : plugins_(std::move(plugins)) {
    rules::Findings findings;
    rules::RuleFiles files;
    std::string rules;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      rules += "- {id: " + std::to_string(i + 1) + ", name: Test, labels: [x], when: {" + wanted[i] +
               ": '> 0'}}\n";
    files.rules = {{"r.yaml", rules}};
    rules::LoadOptions options;
    options.signals = plugins_->signal_names();
    set_ = rules::load(files, options, findings);
    for (const rules::Finding& finding : findings.all())
      EXPECT_NE(finding.severity, rules::Severity::error) << to_string(finding);
    if (set_ == nullptr) throw std::runtime_error("the plugin or the rules cannot be used");
    evaluator_.emplace(set_);
    detectors_.emplace(plugins_, *set_, worker);
  }

  static std::shared_ptr<const Plugins> opened(const Settings& settings) {
    rules::Findings findings;
    auto plugins = std::make_shared<const Plugins>(settings, findings);
    for (const rules::Finding& finding : findings.all()) ADD_FAILURE() << to_string(finding);
    return plugins;
  }

  /// The signals that the message has.
  std::map<std::string, double> detect(const Fields& fields) {
    Home home;
    home.gt = {"4477"};
    rules::Sample sample(home);
    for (const auto& [name, value] : fields) EXPECT_EQ(sample.set(name, value), "") << name;
    const auto values = run(sample.message());
    std::map<std::string, double> found;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i])) found[set_->signals[i]] = values[i];
    }
    return found;
  }

  std::span<const double> run(Message& message) { return detectors_->detect(evaluator_->look_at(message)); }

 private:
  std::shared_ptr<const Plugins> plugins_;
  std::shared_ptr<const rules::Ruleset> set_;
  std::optional<rules::Evaluator> evaluator_;
  std::optional<Detectors> detectors_;
};

}  // namespace tollgate::detect
