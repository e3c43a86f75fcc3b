#pragma once

#include <stdexcept>
#include <string>

#include "engine/settings.hpp"

namespace tollgate::cli {

/// A configuration that cannot be used: `FILE:LINE:COLUMN: what was found; what was expected`, a line for
/// each fault.
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr const char* default_config_path = "/etc/tollgate/tollgate.yaml";

/// The settings of the file at `path`; where `path` is empty, of the one at `usual`, or the built-in defaults
/// where that does not exist. Throws ConfigError.
engine::Settings load_config(const std::string& path, const std::string& usual = default_config_path);

/// The settings that `yaml` says; `name` is what errors call it. Throws ConfigError.
/// Keys of stages that do not run yet (enforcement, links, ledger, events) are known, and
/// looked at no closer than their kind.
engine::Settings parse_config(const std::string& yaml, const std::string& name);

}  // namespace tollgate::cli
