#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tollgate::charge {

// What tells files of one kind apart in their names: `20261123T000000Z`, and a serial of six digits or more.

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes a time from the begin of `text`; false where there is none.
inline bool take_name_time(std::string_view& text) {
  constexpr std::string_view like = "00000000T000000Z";
  if (text.size() < like.size()) return false;
  for (std::size_t i = 0; i < like.size(); ++i) {
    if (like[i] == '0' ? !is_digit(text[i]) : text[i] != like[i]) return false;
  }
  text.remove_prefix(like.size());
  return true;
}

/// Takes a hyphen and a serial.
inline bool take_name_serial(std::string_view& text) {
  constexpr std::size_t fewest = 6;
  if (!text.starts_with('-')) return false;
  const auto* const end = std::find_if_not(text.begin() + 1, text.end(), is_digit);
  const auto digits = static_cast<std::size_t>(end - text.begin()) - 1;
  if (digits < fewest) return false;
  text.remove_prefix(digits + 1);
  return true;
}

}  // namespace tollgate::charge
