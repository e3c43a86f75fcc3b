#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::control {

// An audit log has several files: the one at its path, to which lines are added, and those that were put
// aside, `audit-000000000001.jsonl` of `audit.jsonl`, each named by the number of its first line.

/// A file that was put aside.
struct AuditFile {
  std::uint64_t first;  ///< number of its first line
  std::string path;
};

/// What the file of the log at `path` is called once it is put aside.
std::string audit_file_path(const std::string& path, std::uint64_t first);

/// The number of the first line in a file of that name, without its folder; nothing where it is none that
/// audit_file_path gives.
std::optional<std::uint64_t> audit_file_first(const std::string& path, std::string_view name);

/// When its last line was written; 0 where there is none, or that cannot be told.
std::uint64_t last_audit_ns(const std::string& path);

/// All that are there, in the order of their lines.
std::vector<AuditFile> audit_files(const std::string& path);

}  // namespace tollgate::control
