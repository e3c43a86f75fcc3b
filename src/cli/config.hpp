#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "charge/cdr_writer.hpp"
#include "charge/ledger.hpp"
#include "charge/statement.hpp"
#include "control/settings.hpp"
#include "detect/settings.hpp"
#include "dpdk/settings.hpp"
#include "engine/settings.hpp"
#include "message/link.hpp"
#include "record/alert_rule.hpp"
#include "record/lines_file.hpp"
#include "record/privacy.hpp"
#include "record/rollup_store.hpp"

namespace tollgate::cli {

/// Where `run` writes events.
struct EventSettings {
  std::string file;  ///< empty: nowhere
  record::PrivacySettings privacy;
  record::RotationSettings rotation;
};

/// What a configuration file says.
struct Configuration {
  engine::Settings engine;  ///< its one link is that of captures
  std::vector<Link> links;  ///< of the appliance; their ports stand in `appliance` at the same index
  dpdk::ApplianceSettings appliance;
  EventSettings events;
  charge::LedgerSettings ledger;  ///< neither file nor server: none is named, and nobody is charged
  /// What an application sends again so soon is charged once; 0: charged again.
  std::uint32_t retry_seconds = 300;
  charge::Invoice::Terms invoices;
  charge::CdrSettings cdr;
  control::Settings control;
  control::RetentionSettings retention;
  bool keeps_reports = true;
  bool reports_in_full = false;    ///< the numbers of senders; else as `events` has them
  record::RollupSettings reports;  ///< an empty file: the usual place, see control::reports_path
  std::vector<record::AlertRule> alerts;
  /// The folder of what a new process takes over, and of the control socket.
  std::string state = control::default_state_path;
  std::vector<detect::SinkSettings> sinks;
  std::string folder;  ///< of the file: where relative paths of sinks start
};

/// A configuration that cannot be used: `FILE:LINE:COLUMN: what was found; what was expected`, a line for
/// each fault.
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr const char* default_config_path = "/etc/tollgate/tollgate.yaml";

/// What the file at `path` says; where `path` is empty, the one at `usual`, or the built-in defaults where
/// that does not exist. Throws ConfigError.
Configuration load_config(const std::string& path, const std::string& usual = default_config_path);

/// What `yaml` says; `name` is what errors call it. Throws ConfigError.
Configuration parse_config(const std::string& yaml, const std::string& name);

}  // namespace tollgate::cli
