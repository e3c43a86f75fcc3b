#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "message/home.hpp"
#include "message/message.hpp"
#include "rules/sample.hpp"

namespace tollgate::cli {

/// A line of a file of messages: a JSON object in the event's fields.
struct MessageLine {
  nlohmann::ordered_json object;
  Message* message = nullptr;  ///< null where it is an event of another kind, a response for example
  std::size_t number = 0;      ///< from 1
};

/// Sets the fields of `object`, those of objects in it by dotted names. What a message cannot be given is
/// left out. Throws std::runtime_error.
void set_fields(rules::Sample& sample, const nlohmann::ordered_json& object);

/// As an event has it. Nothing where it is no identity.
std::optional<MessageId> read_message_id(std::string_view text);

/// Calls `take` with each line of the file at `path` (`-` is standard input). Throws std::system_error where
/// it cannot be read; what `take` and a faulty line throw as std::runtime_error gets `FILE:LINE: ` before it.
void read_message_lines(const std::string& path, const Home& home,
                        const std::function<void(MessageLine& line)>& take);

}  // namespace tollgate::cli
