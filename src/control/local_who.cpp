#include "control/local_who.hpp"

#include <cerrno>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <pwd.h>

namespace tollgate::control {
namespace {

/// Empty where the machine has none.
std::string name_of(unsigned user) {
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

}  // namespace

std::string local_who(unsigned user, const std::string& said) {
  const std::string name = name_of(user);
  const std::string addition = said.empty() || said == name ? "" : ", says " + said;
  return name.empty() ? fmt::format("uid {} (local{})", user, addition)
                      : fmt::format("{} (local, uid {}{})", name, user, addition);
}

}  // namespace tollgate::control
