#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tollgate::control {

/// Whom a command speaks for: who called sudo, else the user.
std::string local_user();

/// A text as it stands in the query of a path.
std::string query_text(std::string_view text);

/// What the appliance with this state folder answers to a request on its socket. Throws std::runtime_error
/// where none answers, or where it does not do it.
nlohmann::ordered_json ask(const std::string& state, const std::string& method, const std::string& path,
                           const std::string& body = {});

}  // namespace tollgate::control
