#pragma once

#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace tollgate::control {

/// Gives a new file to whom `like` (a file or folder) belongs, where root makes it: an appliance that runs as
/// another user is to go on with what an operator began. False where it cannot.
inline bool give_to_owner_of(const std::string& like, int file) {
  struct stat found {};
  if (::geteuid() != 0 || ::stat(like.c_str(), &found) != 0) return true;
  return ::fchown(file, found.st_uid, found.st_gid) == 0;
}

}  // namespace tollgate::control
