#pragma once

#include <cstddef>
#include <cstring>

#include "message/message.hpp"

namespace tollgate::record {

template <class View>
std::size_t octets_of(const View& view) {
  return view.size() * sizeof(*view.data());
}

/// The room that copy_views needs.
inline std::size_t octets_of_views(const Message& message) {
  std::size_t size = 0;
  for_each_span(message, [&](const auto& span) { size += octets_of(span); });
  for_each_view(message, [&](const auto& view) { size += octets_of(view); });
  return size;
}

/// Copies what the views of `message` show to `to`, which is aligned as a Message is, and lets them show
/// that. Spans come first, one behind the other, each aligned.
inline void copy_views(Message& message, std::byte* to) {
  constexpr std::size_t alignment = alignof(Message);
  static_assert(sizeof(std::string_view) % alignment == 0 && sizeof(RuleHit) % alignment == 0);
  static_assert(sizeof(TextSpan) % alignment == 0 && alignof(TextSpan) <= alignment);
  static_assert(sizeof(SignalValue) % alignment == 0);
  const auto copy = [&]<class View>(View& view) {
    if (view.empty()) {
      view = View{};
      return;
    }
    std::memcpy(to, view.data(), octets_of(view));
    view = View{reinterpret_cast<decltype(view.data())>(to), view.size()};
    to += octets_of(view);
  };
  for_each_span(message, copy);
  for_each_view(message, copy);
}

}  // namespace tollgate::record
