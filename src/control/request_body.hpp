#pragma once

#include <string_view>

namespace tollgate::control {

/// What the body of a request that switches something says: `{"on": true}`, and nothing else. Throws Fault.
bool read_switch_body(std::string_view body);

}  // namespace tollgate::control
