#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "message/home.hpp"
#include "message/message.hpp"

namespace tollgate::cli {

/// A line of a file of messages: a JSON object in the event's fields.
struct MessageLine {
  nlohmann::ordered_json object;
  Message* message = nullptr;  ///< null where it is an event of another kind, a response for example
  std::size_t number = 0;      ///< from 1
};

/// Calls `take` with each line of the file at `path` (`-` is standard input). Throws std::system_error where
/// it cannot be read; what `take` and a faulty line throw as std::runtime_error gets `FILE:LINE: ` before it.
void read_message_lines(const std::string& path, const Home& home,
                        const std::function<void(MessageLine& line)>& take);

}  // namespace tollgate::cli
