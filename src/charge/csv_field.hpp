#pragma once

#include <string>
#include <string_view>

namespace tollgate::charge {

/// A text as a field of CSV (RFC 4180, 2).
inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

/// A text that a person wrote, for a table that a person opens: what a spreadsheet would take for a formula
/// has a `'` before it.
inline std::string csv_text(std::string_view text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return csv_field(formula ? "'" + std::string(text) : std::string(text));
}

}  // namespace tollgate::charge
