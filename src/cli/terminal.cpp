#include "cli/terminal.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "cli/code_points.hpp"

namespace tollgate::cli {
namespace {

bool may_be_shown(UChar32 c) {
  constexpr UChar32 zero_width_non_joiner = 0x200c;
  constexpr UChar32 zero_width_joiner = 0x200d;  // in emoji and Indic scripts
  if (c == zero_width_joiner || c == zero_width_non_joiner) return true;
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR: return false;
    default: return true;
  }
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  const auto put = std::back_inserter(out);
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length;) {
    const std::int32_t start = at;
    const UChar32 c = next_code_point(text, at);
    const std::string_view octets =
        text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(at - start));
    if (c < 0) {
      for (const char octet : octets) fmt::format_to(put, "\\x{:02x}", static_cast<unsigned char>(octet));
    } else if (may_be_shown(c)) {
      out += octets;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x100) {
      fmt::format_to(put, "\\x{:02x}", static_cast<std::uint32_t>(c));
    } else {
      fmt::format_to(put, "\\u{:04x}", static_cast<std::uint32_t>(c));
    }
  }
  return out;
}

std::string wrapped(std::string_view text, std::size_t used, std::string_view indent) {
  std::string out;
  std::size_t column = used;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' ', text.find_first_not_of(' ')), text.size());
    const std::string_view word = text.substr(0, end);
    if (column + columns(word) > line_width && !out.empty()) {
      out += '\n';
      out += indent;
      out += word.substr(1);
      column = indent.size() + columns(word) - 1;
    } else {
      out += word;
      column += columns(word);
    }
    text.remove_prefix(end);
  }
  return out;
}

bool wants_colours() {
  const char* const no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace tollgate::cli
