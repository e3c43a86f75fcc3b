#pragma once

#include "decode/trace.hpp"
#include "flow/carriage.hpp"
#include "message/edits.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// What goes with a payload through all its layers: where it stood, and who takes its messages.
struct PayloadContext {
  const flow::Carriage& carriage;
  Consumer& consumer;
  decode::Trace* trace = nullptr;
  Edits* edits = nullptr;  ///< takes what is to be changed; null where nothing can be
};

inline void name_link(const flow::Carriage& carriage, Message& message) {
  if (carriage.link == nullptr) return;
  message.link = carriage.link->name;
  message.route = carriage.link->route;
}

}  // namespace tollgate::inspect
