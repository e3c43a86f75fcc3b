#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "control/audit_log.hpp"
#include "control/record_file.hpp"

namespace tollgate::control {

/// Files of one kind of records that were put aside, in one folder.
struct RecordFiles {
  std::string kind;        ///< `events`, `cdr` or `audit`
  std::string folder;      ///< empty: the working folder
  std::uint32_t days = 0;  ///< that they are kept
  std::function<bool(std::string_view name)> is_ours;
  TimeOfRecord time_of;
};

/// Removes files of records whose youngest record is older than its kind is kept. Before a file is removed
/// the audit log has a line that tells what it was (see RemovedFile); without that, nothing is removed.
/// Links, and what has not exactly the name of such a file, are left alone.
class Retention {
 public:
  using Say = std::function<void(const std::string& what)>;

  /// `say` is told of what was removed, and of what could not be.
  Retention(std::vector<RecordFiles> kinds, AuditLog& audit, Say say)
      : kinds_(std::move(kinds)), audit_(audit), say_(std::move(say)) {}

  /// Ends early where it is asked to. Throws nothing.
  void purge(std::uint64_t time_ns, const std::stop_token& stop = {});

 private:
  void purge(const RecordFiles& kind, std::uint64_t time_ns, const std::stop_token& stop);
  enum class Outcome : std::uint8_t { removed, kept };
  Outcome look_at(int folder, const RecordFiles& kind, const std::string& name, std::uint64_t time_ns,
                  const std::stop_token& stop);

  std::vector<RecordFiles> kinds_;
  AuditLog& audit_;
  Say say_;
};

}  // namespace tollgate::control
