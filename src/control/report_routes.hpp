#pragma once

#include <nlohmann/json.hpp>

namespace tollgate::control {

struct Call;

/// What /v1/report answers. Throws Fault.
nlohmann::ordered_json show_report(Call& call);

}  // namespace tollgate::control
