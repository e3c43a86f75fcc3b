#pragma once

#include <nlohmann/json.hpp>

#include "control/routes.hpp"

namespace tollgate::control {

// Verdicts that somebody says are wrong, see src/control/openapi.json.

nlohmann::ordered_json show_marks(Call& call);
nlohmann::ordered_json show_mark_tests(Call& call);
nlohmann::ordered_json add_mark(Call& call);
nlohmann::ordered_json remove_mark(Call& call);

}  // namespace tollgate::control
