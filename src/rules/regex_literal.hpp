#pragma once

#include <cstddef>
#include <string_view>

namespace tollgate::rules {

/// What decides how fast a regex is searched for.
struct RegexShape {
  /// How many characters side by side every match contains, at least: Hyperscan looks for these first. Many
  /// where the regex has what is not understood here.
  std::size_t literal = 0;
  std::size_t longest_repeat = 0;  ///< the largest number in braces

  /// Nothing to look for first, and many places to keep in mind.
  bool is_slow() const { return literal < 2 && longest_repeat >= 32; }
};
RegexShape shape_of(std::string_view regex);

}  // namespace tollgate::rules
