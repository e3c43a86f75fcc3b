#include "cli/state_place.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

namespace tollgate::cli {

bool is_in_memory(const std::string& folder) {
  struct statfs found {};
  return ::statfs(folder.c_str(), &found) == 0 &&
         (found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC);
}

}  // namespace tollgate::cli
