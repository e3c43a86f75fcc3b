#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "message/arena.hpp"
#include "message/home.hpp"
#include "message/message.hpp"

namespace tollgate::rules {

/// A message made of the event's fields: what a rule's own test and `judge` give.
class Sample {
 public:
  /// `home` must outlive the sample.
  explicit Sample(const Home& home) : home_(home) {}

  /// Sets a field by the event's name (`sender`, `origin.gt`, `parts.total`), from its value as text. Gives
  /// what is wrong with it; empty where it was taken.
  std::string set(std::string_view field, std::string_view value);

  /// Whether the event has a field of that name that a message can be given.
  static bool knows(std::string_view field);

  /// The message: what was not given is made of what was (the type and number of an address, operation by
  /// direction), the rest is missing. Good until the sample is changed or goes.
  Message& message();

 private:
  std::string_view keep(std::string_view text) { return kept_.emplace_back(text); }
  void finish(Address& address, bool typed);

  const Home& home_;
  Message message_;
  std::deque<std::string> kept_;
  std::deque<std::vector<std::byte>> kept_octets_;
  Arena arena_{4096};
  bool sender_typed_ = false;  ///< its type was given
  bool recipient_typed_ = false;
};

/// ISO 8601 in UTC, as events have it, also without fraction: nanoseconds since 1970.
std::optional<std::uint64_t> parse_time(std::string_view text);

}  // namespace tollgate::rules
