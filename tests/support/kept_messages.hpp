#pragma once

#include <deque>
#include <string>
#include <vector>

#include "message/message.hpp"

namespace tollgate::test {

/// Keeps the messages that it is given, with copies of what their views show.
class KeptMessages final : public Consumer {
 public:
  void accept(Message& message) override {
    Message copy = message;
    for_each_view(copy, [this](auto& view) { keep(view); });
    messages.push_back(copy);
  }

  std::vector<Message> messages;

 private:
  void keep(std::string_view& view) { view = rooms_.emplace_back(view); }
  void keep(Octets& view) { view = as_octets(rooms_.emplace_back(as_chars(view))); }

  std::deque<std::string> rooms_;
};

}  // namespace tollgate::test
