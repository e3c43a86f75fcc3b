#include "cli/record_files.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include "charge/cdr_name.hpp"
#include "cli/charging.hpp"
#include "control/audit_files.hpp"
#include "record/event_time.hpp"
#include "record/rotated_name.hpp"

namespace tollgate::cli {
namespace {

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

/// `id,time,account` and so on.
std::optional<std::uint64_t> time_of_cdr(std::string_view line) {
  const std::size_t begin = line.find(',') + 1;
  if (begin == 0) return std::nullopt;
  line.remove_prefix(begin);
  return record::read_time(line.substr(0, line.find(',')));
}

}  // namespace

std::vector<control::RecordFiles> record_files(const Configuration& config) {
  const control::RetentionSettings& kept = config.retention;
  std::vector<control::RecordFiles> all;
  if (!config.events.file.empty())
    all.push_back({.kind = "events",
                   .folder = folder_of(config.events.file),
                   .days = kept.events_days,
                   .is_ours = [path = config.events.file](
                                  std::string_view name) { return record::is_rotated_name(path, name); },
                   .time_of = record::time_of_line});
  if (!config.cdr.folder.empty())
    all.push_back({.kind = "cdr",
                   .folder = config.cdr.folder,
                   .days = kept.cdr_days,
                   .is_ours = [appliance = appliance_name(config.ledger)](
                                  std::string_view name) { return charge::is_cdr_name(name, appliance); },
                   .time_of = time_of_cdr});
  const std::string audit = control::audit_path(config.control, config.state);
  all.push_back(
      {.kind = "audit",
       .folder = folder_of(audit),
       .days = kept.audit_days,
       .is_ours =
           [audit](std::string_view name) { return control::audit_file_first(audit, name).has_value(); },
       .time_of = record::time_of_line});
  return all;
}

}  // namespace tollgate::cli
