#pragma once

#include <nlohmann/json.hpp>

#include "control/routes.hpp"

namespace tollgate::control {

/// What came lately, see src/control/openapi.json.
nlohmann::ordered_json show_events(Call& call);

}  // namespace tollgate::control
