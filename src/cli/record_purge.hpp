#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "cli/config.hpp"
#include "control/audit_log.hpp"
#include "control/clock_watch.hpp"
#include "control/daily.hpp"
#include "control/marks.hpp"
#include "control/retention.hpp"

namespace tollgate::cli {

/// Removes the records of an appliance that are older than the configuration keeps them, once a day: files
/// that were put aside, and marks. Nothing goes while the clock may be ahead.
class RecordPurge {
 public:
  RecordPurge(const Configuration& config, control::AuditLog& audit, control::MarkBook& marks);

  /// On a thread of its own, from now on.
  void start();
  /// Why nothing is removed; empty where it is. Of any thread.
  std::string doubt() const { return clock_.doubt(); }

 private:
  void purge(const std::stop_token& stop);
  void purge_marks();

  const Configuration& config_;
  control::AuditLog& audit_;
  control::MarkBook& marks_;
  control::ClockWatch clock_;
  control::Retention retention_;
  bool held_up_ = false;  ///< of the thread that purges, as the next one
  std::optional<std::chrono::steady_clock::time_point> purged_at_;  ///< or told that it does not
  std::optional<control::Daily> daily_;
};

}  // namespace tollgate::cli
