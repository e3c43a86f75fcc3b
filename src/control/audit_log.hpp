#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "control/audit_line.hpp"
#include "control/descriptor.hpp"

namespace tollgate::control {

/// The file of what was changed, by whom: lines are added to it, and chained by their hashes. Several
/// processes can add to one. What cannot be written to it must not be changed.
class AuditLog {
 public:
  /// Opened, and made, with the first line.
  explicit AuditLog(std::string path) : path_(std::move(path)) {}

  /// Adds a line; it is on the disk then. Safe to call from any thread. A piece of a line that a power cut
  /// left is cut off before it, of which a line of its own tells. Throws AuditError where the log cannot be
  /// written, was changed or taken away.
  void append(const AuditEntry& entry, std::uint64_t time_ns);

  const std::string& path() const { return path_; }

 private:
  void open();
  void find_end();
  void check_place() const;
  /// Takes what another process has added, and what a power cut has left.
  void catch_up(std::uint64_t time_ns);
  void mend(const std::string& torn, std::uint64_t time_ns);
  void put(const AuditEntry& entry, std::uint64_t time_ns);
  void write(const std::string& text);
  [[noreturn]] void fail(const std::string& why) const;

  const std::string path_;
  std::mutex mutex_;
  Descriptor file_;
  bool is_new_ = true;        ///< where it ends is not known yet
  std::uint64_t octets_ = 0;  ///< up to the end of the last whole line
  AuditEnd end_;
};

}  // namespace tollgate::control
