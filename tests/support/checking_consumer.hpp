#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "message/message.hpp"
#include "record/event_json.hpp"

namespace tollgate::test {

/// Ends the program when a Message breaks what message.hpp promises: texts are UTF-8, views can be read (a
/// sanitizer sees those that dangle), its event is one line of JSON. Keeps the events.
class CheckingConsumer final : public Consumer {
 public:
  void accept(Message& message) override {
    for_each_view(message, [](const auto& view) { check(view); });
    require(message.has_text || message.text.empty());
    require(message.parts.total == 0 || (message.parts.seq >= 1 && message.parts.seq <= message.parts.total));
    std::string event;
    record::append_event(event, message);
    require(nlohmann::json::accept(event) && event.find('\n') == std::string::npos);
    events.push_back(std::move(event));
  }

  std::vector<std::string> events;

 private:
  static void require(bool holds) {
    if (!holds) std::abort();
  }

  // A writer that is strict about UTF-8, and not ours.
  static void check(std::string_view text) {
    try {
      (void)nlohmann::json(text).dump();
    } catch (const nlohmann::json::type_error&) {
      std::abort();
    }
  }
  static void check(Octets octets) {
    volatile unsigned sum = 0;
    for (const std::byte octet : octets) sum = sum ^ std::to_integer<unsigned>(octet);
  }
};

}  // namespace tollgate::test
