#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::control {

/// What the body of a request that switches something says: `{"on": true}`, and nothing else. Throws Fault.
bool read_switch_body(std::string_view body);

/// To which version of the rules a body wants to go back: `{"to": 7}`; nothing where it is `{}`, which means
/// the one before. Throws Fault.
std::optional<std::uint64_t> read_rollback_body(std::string_view body);

}  // namespace tollgate::control
