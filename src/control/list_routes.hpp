#pragma once

#include <nlohmann/json.hpp>

#include "control/routes.hpp"

namespace tollgate::control {

// What routes about lists answer, see src/control/openapi.json.

nlohmann::ordered_json show_lists(Call& call);
nlohmann::ordered_json show_list_entries(Call& call);
nlohmann::ordered_json change_list(Call& call);

}  // namespace tollgate::control
