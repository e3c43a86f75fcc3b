#pragma once

#include <chrono>

namespace tollgate::control {

/// A file or folder that one process at a time works with, for the length of a scope.
class FileLock {
 public:
  /// Waits so long for who has it. `fd` stays open meanwhile.
  FileLock(int fd, std::chrono::milliseconds patience);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  bool is_held() const { return held_; }

 private:
  int fd_;
  bool held_ = false;
};

}  // namespace tollgate::control
