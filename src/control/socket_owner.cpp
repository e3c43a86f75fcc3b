#include "control/socket_owner.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "control/local_who.hpp"

namespace tollgate::control {

std::string who_may_use(const std::string& socket) {
  struct stat found {};
  std::error_code error;
  for (std::filesystem::path path = std::filesystem::absolute(socket, error); path.has_relative_path();
       path = path.parent_path()) {
    if (::stat(path.c_str(), &found) != 0) continue;
    const std::string user = user_name(found.st_uid);
    return fmt::format("run the command as the user {}, who owns {}{}",
                       user.empty() ? std::to_string(found.st_uid) : user, path.string(),
                       found.st_uid == 0 ? "" : ", or as root");
  }
  return "run the command as the user of the appliance, or as root";
}

}  // namespace tollgate::control
