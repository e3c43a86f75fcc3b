#pragma once

#include <string>

namespace tollgate::control {

/// As whom a command is to be run, to be told to a user who may not use the socket of an appliance: it is
/// for its owner alone. Who must not see the socket is told the owner of the folder that hides it.
std::string who_may_use(const std::string& socket);

}  // namespace tollgate::control
