#pragma once

#include <memory>
#include <string>

#include "detect/plugins.hpp"
#include "detect/settings.hpp"
#include "detect/sink.hpp"
#include "rules/finding.hpp"

namespace tollgate::detect {

/// Opens a sink of the plugin that `settings` names; null where that cannot be, which is in `findings` then.
/// Relative paths in its settings start at `folder`. With `only_check` nothing outside is touched, and what
/// it gives is only there to be destroyed. Sinks may outlive `plugins`.
std::unique_ptr<Sink> open_sink(const Plugins& plugins, const SinkSettings& settings,
                                const std::string& folder, bool only_check, rules::Findings& findings);

}  // namespace tollgate::detect
