#pragma once

#include <optional>
#include <string>

#include "control/api.hpp"
#include "control/connection.hpp"

namespace tollgate::control {

/// Who is at the other end of a connection.
struct Peer {
  std::string address;           ///< of a remote one
  std::optional<unsigned> user;  ///< the id of a local one
};

/// Takes one request from a connection, and answers it.
void exchange(Connection& connection, const Peer& peer, Api& api);

}  // namespace tollgate::control
