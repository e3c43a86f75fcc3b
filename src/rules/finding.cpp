#include "rules/finding.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace tollgate::rules {

std::string to_string(const Place& place) {
  if (place.line == 0) return place.file;
  if (place.column == 0) return fmt::format("{}:{}", place.file, place.line);
  return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::string to_string(const Finding& finding) {
  return fmt::format("{}: {}: {}", to_string(finding.place),
                     finding.severity == Severity::error ? "error" : "warning", finding.text);
}

void Findings::sort() {
  std::stable_sort(all_.begin(), all_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
}

}  // namespace tollgate::rules
