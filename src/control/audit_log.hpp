#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "control/audit_line.hpp"
#include "control/descriptor.hpp"

namespace tollgate::control {

/// The file of what was changed, by whom: lines are added to it, and chained by their hashes. Several
/// processes can add to one. What cannot be written to it must not be changed.
///
/// With each month of UTC, and when it is large, the file is put aside (see audit_file_path) and a new one
/// begun; the chain goes on. Where that cannot be, lines are added to the same file.
class AuditLog {
 public:
  static constexpr std::uint64_t usual_octets = 64U << 20U;

  /// Opened, and made, with the first line.
  explicit AuditLog(std::string path, std::uint64_t most_octets = usual_octets)
      : path_(std::move(path)), most_octets_(most_octets) {}

  /// Adds a line; it is on the disk then. Safe to call from any thread. A piece of a line that a power cut
  /// left is cut off before it, of which a line of its own tells. Throws AuditError where the log cannot be
  /// written, was changed or taken away.
  void append(const AuditEntry& entry, std::uint64_t time_ns);

  const std::string& path() const { return path_; }

 private:
  /// False where the log goes on in another file.
  bool try_append(const AuditEntry& entry, std::uint64_t time_ns);
  bool append_here(const AuditEntry& entry, std::uint64_t time_ns);
  void open();
  void close();
  void find_end();
  void find_begin();
  /// The last line in a file, and how far its whole lines go.
  struct Last {
    AuditEnd end;
    std::uint64_t octets = 0;  ///< 0: there is no whole line
  };
  Last last_line_in(int fd) const;
  AuditEnd end_of_put_aside() const;
  bool is_put_aside() const;
  std::string next_put_aside() const;
  /// Through the files that others have put aside since, each of which must follow the one before.
  void follow_put_aside(std::uint64_t time_ns);
  bool is_due(std::uint64_t time_ns) const;
  bool put_aside();
  void check_place() const;
  /// Takes what another process has added, and what a power cut has left.
  void catch_up(std::uint64_t time_ns);
  void mend(const std::string& torn, std::uint64_t time_ns);
  void put(const AuditEntry& entry, std::uint64_t time_ns);
  void write(const std::string& text);
  [[noreturn]] void fail(const std::string& why) const;

  const std::string path_;
  const std::uint64_t most_octets_;  ///< of one file
  std::mutex mutex_;
  Descriptor file_;
  bool is_new_ = true;          ///< where it ends is not known yet
  std::uint64_t octets_ = 0;    ///< up to the end of the last whole line
  std::uint64_t first_ = 0;     ///< number of the file's first line; 0: it has none
  std::uint64_t begun_ns_ = 0;  ///< the time of that
  AuditEnd end_;
};

}  // namespace tollgate::control
