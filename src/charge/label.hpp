#pragma once

#include <algorithm>
#include <string_view>

#include "message/message.hpp"

namespace tollgate::charge {

/// Whether a rule gave the message that label.
inline bool has_label(const Message& message, std::string_view label) {
  const auto& labels = message.judgement.labels;
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

}  // namespace tollgate::charge
