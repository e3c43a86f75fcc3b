#pragma once

#include <string_view>

namespace tollgate::control {

/// Whether it is UTF-8 that a terminal shows as it is: no control or formatting characters, no other space
/// than the blank.
bool is_plain_text(std::string_view text);

}  // namespace tollgate::control
