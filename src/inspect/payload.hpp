#pragma once

#include "decode/trace.hpp"
#include "flow/carriage.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// What goes with a payload through all its layers: where it stood, and who takes its messages.
struct PayloadContext {
  const flow::Carriage& carriage;
  Consumer& consumer;
  decode::Trace* trace = nullptr;
};

}  // namespace tollgate::inspect
