#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "control/descriptor.hpp"
#include "control/file_lock.hpp"
#include "control/live_book.hpp"

namespace tollgate::control {

/// What was changed of lists cannot be kept, or was not: nothing is changed then.
struct LiveFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The file that keeps what was changed of lists from one process to the next.
class LiveFile {
 public:
  using Log = std::function<void(const std::string&)>;

  /// Opens nothing yet.
  explicit LiveFile(std::string path) : path_(std::move(path)) {}

  /// Keeps others from working with it as long as this lasts, by a lock on another file beside it. Throws
  /// LiveFileError where another appliance does, and where it cannot be told whether one does. In a folder
  /// that is not there, or on a disk that cannot be written, nobody can write.
  void claim();

  /// What it keeps; nothing where it is not there. One that cannot be understood is kept aside under another
  /// name, and told of. Where it can neither be read nor kept aside, that is told, and write() refuses, so
  /// that nothing of it is lost. Once, before the others.
  LiveBook read(const Log& log);

  /// Puts the book in its place: whole, and on the disk, or not at all. Throws LiveFileError. One thread at a
  /// time.
  void write(const LiveBook& book) const;

 private:
  std::string path_;
  Descriptor lock_file_;
  std::optional<FileLock> lock_;  ///< goes first
  std::string refusal_;           ///< why it must not be written
};

}  // namespace tollgate::control
