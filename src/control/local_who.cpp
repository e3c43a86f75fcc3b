#include "control/local_who.hpp"

#include <cerrno>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <pwd.h>

namespace tollgate::control {

std::string user_name(unsigned user) {
  constexpr std::size_t most_octets = 1U << 20U;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> room(1024);
  int error = ::getpwuid_r(user, &entry, room.data(), room.size(), &found);
  while (error == EINTR || (error == ERANGE && room.size() < most_octets)) {
    if (error == ERANGE) room.resize(2 * room.size());
    error = ::getpwuid_r(user, &entry, room.data(), room.size(), &found);
  }
  return error == 0 && found != nullptr ? entry.pw_name : "";
}

std::string local_who(unsigned user, const std::string& said) {
  const std::string name = user_name(user);
  const std::string addition = said.empty() || said == name ? "" : ", says " + said;
  return name.empty() ? fmt::format("uid {} (local{})", user, addition)
                      : fmt::format("{} (local, uid {}{})", name, user, addition);
}

}  // namespace tollgate::control
