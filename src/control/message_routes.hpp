#pragma once

#include <nlohmann/json.hpp>

#include "control/routes.hpp"

namespace tollgate::control {

// Why messages are judged as they are, see src/control/openapi.json.

nlohmann::ordered_json explain_event(Call& call);
nlohmann::ordered_json try_message(Call& call);

}  // namespace tollgate::control
