#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tollgate::cli {

/// How far a line goes, where it can be broken.
inline constexpr std::size_t line_width = 100;

/// Text of a message, as it may go to a terminal: control characters, characters that only change how others
/// are shown, and octets that are no UTF-8 come out as `\n`, `\x1b`, `\u202e`.
std::string printable(std::string_view text);

/// Breaks `text` at spaces, so that lines end before `line_width`, the first beginning at column `used`. The
/// others begin with `indent`.
std::string wrapped(std::string_view text, std::size_t used, std::string_view indent);

/// Whether standard output is a terminal that shall have colours (see no-color.org).
bool wants_colours();

}  // namespace tollgate::cli
