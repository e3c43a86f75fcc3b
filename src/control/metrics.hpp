#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/stage_clock.hpp"
#include "engine/tables.hpp"
#include "message/counters.hpp"
#include "record/sinks.hpp"
#include "record/tally.hpp"

namespace tollgate::control {

/// What metrics are made of: an appliance at one moment.
struct MetricsView {
  struct Port {
    std::string device;
    bool up = false;
  };
  struct Ledger {
    bool usable = false;
    std::uint64_t waiting = 0;       ///< events in journals that it does not have yet
    double settled_seconds_ago = 0;  ///< since it took events last, or had none to take
  };

  /// Packets between the thread that reads all ports, or another worker, and a worker.
  struct Queue {
    std::size_t worker = 0;
    bool to_worker = true;
    std::uint64_t packets = 0;
    std::uint64_t capacity = 0;
  };

  /// How many entries of a list of the rules were changed since.
  struct LiveList {
    std::string name;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
  };

  struct Alert {
    std::string name;
    bool raised = false;
    std::uint64_t webhook_failures = 0;  ///< tries
    std::uint64_t webhook_lost = 0;      ///< notices
  };

  std::string version;
  std::string ruleset;               ///< empty: there are no rules
  std::uint64_t bundle = 0;          ///< the version of the bundle they came in; 0: none, a folder
  double start_seconds = 0;          ///< of the process, since 1970
  bool enforcement = true;           ///< false in bypass, too
  std::vector<double> busy_seconds;  ///< by worker, from 0: with packets to work on
  std::vector<Port> ports;
  std::vector<Queue> queues;
  std::uint64_t custody_connections = 0;
  std::uint64_t custody_octets = 0;
  std::uint64_t event_octets_waiting = 0;  ///< in the rings to the sinks
  std::vector<record::Sinks::Health> sinks;
  bool has_reports = false;
  std::uint64_t report_cells_waiting = 0;  ///< that could not be brought to the file of reports yet
  std::uint64_t report_cells_lost = 0;     ///< that never will be
  bool has_ledger = false;
  Ledger ledger;
  std::vector<LiveList> lists;
  std::vector<Alert> alerts;
  engine::TableUses tables;   ///< all workers' together
  engine::StageTimes stages;  ///< likewise
  Counters counters;
  record::Tally tally;
};

inline constexpr std::string_view metrics_media = "text/plain; version=0.0.4";

/// In the text format that Prometheus reads (0.0.4). Names and labels are those of scripts/dashboard.json and
/// README.md. Labels have values of the configuration, the rules, the ledger's accounts (1,000; the rest is
/// `other`) and of this source only.
std::string metrics_text(const MetricsView& view);

}  // namespace tollgate::control
