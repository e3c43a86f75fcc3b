#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

namespace tollgate::control {

/// Throws what errno says about `path`.
[[noreturn]] void fail_with_errno(const std::string& path);

/// An open file or folder, closed with it.
class OpenFile {
 public:
  /// Throws std::system_error where `number`, as open() gave it, is none.
  OpenFile(int number, const std::string& path);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int number() const { return number_; }

  /// Writes all of it behind what is there. Throws std::system_error.
  void write_all(std::string_view octets) const;
  /// Has the disk keep it. Throws std::system_error.
  void sync() const;

 private:
  int number_;
  std::string path_;
};

}  // namespace tollgate::control
