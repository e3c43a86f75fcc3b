#pragma once

#include "flow/relay_memory.hpp"

namespace tollgate::flow {

// Whether what another process left can be worked with, however it came about: no part of it leads beyond the
// memory that it names, and every value is one that its type has.

bool is_sound(const RelayConnection& state, const RelayBuffers& buffers);
bool is_sound(const RelayHeaders& headers);

}  // namespace tollgate::flow
