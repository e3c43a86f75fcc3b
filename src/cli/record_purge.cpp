#include "cli/record_purge.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "cli/record_files.hpp"
#include "control/audit_files.hpp"

namespace tollgate::cli {

RecordPurge::RecordPurge(const Configuration& config, control::AuditLog& audit, control::MarkBook& marks)
    : config_(config),
      audit_(audit),
      marks_(marks),
      clock_(control::clock_path(config.state),
             control::last_audit_ns(control::audit_path(config.control, config.state)),
             {now_ns(), steady_ns()}),
      retention_(record_files(config), audit, [](const std::string& what) { log("{}", what); }) {}

void RecordPurge::start() {
  daily_.emplace([this](const std::stop_token& stop) { purge(stop); }, std::chrono::hours(1));
}

/// Each hour; records are looked at once a day, and once the clock is believed again.
void RecordPurge::purge(const std::stop_token& stop) {
  constexpr auto day = std::chrono::hours(24);
  clock_.look({now_ns(), steady_ns()});
  const std::string doubt = clock_.doubt();
  const bool changed = doubt.empty() == held_up_;
  held_up_ = !doubt.empty();
  if (!changed && purged_at_ && std::chrono::steady_clock::now() - *purged_at_ < day) return;
  purged_at_ = std::chrono::steady_clock::now();
  if (!doubt.empty()) return log_error("no records are removed for their age: {}", doubt);
  retention_.purge(now_ns(), stop);
  purge_marks();
}

/// As with files: the audit log tells of it first.
void RecordPurge::purge_marks() {
  if (config_.retention.marks_days == 0) return;
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  const std::uint64_t now = now_ns();
  const std::uint64_t before = now - std::min(now, config_.retention.marks_days * day_ns);
  try {
    const auto removed = marks_.remove_before(before, [&](const control::MarkBook::Removed& marks) {
      audit_.append(control::entry_of(marks), now);
    });
    if (removed.count != 0)
      log("{} marks that were too old are removed; the audit log has their hash", removed.count);
  } catch (const std::exception& error) {
    log_error("cannot remove old marks: {}", error.what());
  }
}

}  // namespace tollgate::cli
