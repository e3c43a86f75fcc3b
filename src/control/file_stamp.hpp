#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include <sys/stat.h>

namespace tollgate::control {

/// By which a file is known to be another, or changed. All zeros where there is none.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed_s = 0;
  std::int64_t changed_ns = 0;

  static FileStamp of(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return {};
    return {found.st_dev, found.st_ino, found.st_size, found.st_ctim.tv_sec, found.st_ctim.tv_nsec};
  }
  bool operator==(const FileStamp&) const = default;
};

}  // namespace tollgate::control
