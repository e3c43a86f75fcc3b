#pragma once

#include <string>

#include "control/role.hpp"

namespace tollgate::control {

/// Who asks an appliance for something.
struct Caller {
  std::string who;  ///< a token's name, or a local user
  Role role;
  std::string from;  ///< an address, or `local`
};

}  // namespace tollgate::control
