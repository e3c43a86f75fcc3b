#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace tollgate::record {

/// The last digits of a number that are shown where the others are not.
inline constexpr std::size_t shown_digits = 2;

/// A name cannot be dialled; digits are somebody's number, whatever they are said to be.
inline bool is_name(std::string_view address) {
  return std::any_of(address.begin(), address.end(),
                     [](char c) { return (c < '0' || c > '9') && c != '+' && c != ' '; });
}

/// A number but for its last digits.
inline void mask(std::string& number) {
  std::fill_n(number.begin(), number.size() - std::min(number.size(), shown_digits), '*');
}

}  // namespace tollgate::record
