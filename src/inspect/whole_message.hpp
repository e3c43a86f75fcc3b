#pragma once

#include <span>

#include "flow/concatenation.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// Fills message_text and message_data from the passages of a concatenated message; without any it does
/// nothing. Views point into `arena`. What the arena has no room for is counted and left out.
void read_whole_message(std::span<const flow::Passage> passages, Message& message, Arena& arena,
                        Counters& counters);

}  // namespace tollgate::inspect
