#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "detect/plugins.hpp"
#include "plugin.h"
#include "rules/ruleset.hpp"
#include "rules/subject.hpp"

namespace tollgate::detect {

/// Runs the plugins over messages, for one worker and one ruleset. Allocates when it is made, and never
/// after.
class Detectors {
 public:
  /// `ruleset` was loaded with the names of the plugins' signals. Plugins of which it asks nothing do not
  /// run.
  Detectors(std::shared_ptr<const Plugins> plugins, const rules::Ruleset& ruleset, std::uint32_t worker = 0);

  /// The signals of a message, in the order in which the ruleset names them; NaN where there is none. Good
  /// until the next call. Empty where nothing is asked for.
  std::span<const double> detect(rules::Subject& subject);

 private:
  /// A plugin that runs, and where its own signals begin.
  struct Running {
    const tollgate_plugin* functions;
    void* instance;
    std::size_t first_signal;
  };
  /// What is made of the message when a plugin asks for it.
  struct Burst : tollgate_burst {
    rules::Subject* subject = nullptr;
    mutable std::array<tollgate_text, rules::Subject::most_urls> hosts{};
  };
  static tollgate_texts url_hosts(const tollgate_burst* burst, std::size_t message);
  static tollgate_text folded_text(const tollgate_burst* burst, std::size_t message);

  std::shared_ptr<const Plugins> plugins_;
  std::vector<std::uint8_t> compared_;  ///< by signal: whether the ruleset asks for it
  std::vector<Running> running_;
  std::vector<double> values_;
  Burst burst_;
};

}  // namespace tollgate::detect
