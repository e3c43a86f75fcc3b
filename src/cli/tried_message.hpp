#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "rules/sample.hpp"

namespace tollgate::cli {

/// A message that somebody wants to see judged.
struct TriedMessage {
  nlohmann::ordered_json fields;   ///< an object, all that was given
  nlohmann::ordered_json signals;  ///< numbers by name, of what plugins would say
};

/// What the body of a request says, and sets the message's fields by it. Throws control::Fault.
TriedMessage read_tried_message(std::string_view body, rules::Sample& sample);

}  // namespace tollgate::cli
