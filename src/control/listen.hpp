#pragma once

#include <cstdint>
#include <string>

#include "control/descriptor.hpp"

namespace tollgate::control {

/// The socket of an appliance with that state folder.
std::string control_path(const std::string& state);

/// A Unix socket for the own user alone, in a state folder that is this process's alone (StateFolder). Throws
/// std::system_error.
Descriptor listen_at(const std::string& path);

/// Throws std::system_error.
Descriptor listen_at(const std::string& address, std::uint16_t port);

}  // namespace tollgate::control
