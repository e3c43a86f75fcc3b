#pragma once

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace tollgate::charge {

/// Gives a file another name, never that of a file that is there: false then. Throws std::system_error.
inline bool rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  const bool can = errno != EINVAL && errno != ENOSYS;
  // A file system that cannot, such as NFS. Nobody else gives such names.
  if (!can && ::access(to.c_str(), F_OK) == 0) return false;
  if (can || ::rename(from.c_str(), to.c_str()) != 0)
    throw std::system_error(errno, std::generic_category(), to);
  return true;
}

}  // namespace tollgate::charge
