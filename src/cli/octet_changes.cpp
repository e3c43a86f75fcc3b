#include "cli/octet_changes.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include <fmt/format.h>

namespace tollgate::cli {
namespace {

constexpr std::size_t octets_a_line = 8;

std::string hex(Octets octets, std::string_view between) {
  std::string text;
  for (const std::byte octet : octets)
    fmt::format_to(std::back_inserter(text), "{}{:02x}", text.empty() ? std::string_view{} : between,
                   std::to_integer<unsigned>(octet));
  return text;
}

}  // namespace

std::vector<OctetChange> changes_between(Octets before, Octets after) {
  assert(before.size() == after.size());
  std::vector<OctetChange> changes;
  bool follows = false;
  for (std::size_t at = 0; at < before.size(); ++at) {
    const bool differs = before[at] != after[at];
    if (differs && !follows) changes.push_back({at, {}, {}});
    if (differs) {
      changes.back().old_octets.push_back(before[at]);
      changes.back().new_octets.push_back(after[at]);
    }
    follows = differs;
  }
  return changes;
}

std::string to_text(const std::vector<OctetChange>& changes) {
  std::string out;
  for (const OctetChange& change : changes) {
    for (std::size_t at = 0; at < change.old_octets.size(); at += octets_a_line) {
      const auto part = [at](const std::vector<std::byte>& octets) {
        return hex(Octets{octets}.subspan(at, std::min(octets_a_line, octets.size() - at)), " ");
      };
      fmt::format_to(std::back_inserter(out), "{:>6}  {:<23}  ->  {}\n", change.offset + at,
                     part(change.old_octets), part(change.new_octets));
    }
  }
  return out;
}

nlohmann::ordered_json to_json(const std::vector<OctetChange>& changes) {
  auto json = nlohmann::ordered_json::array();
  for (const OctetChange& change : changes) {
    json.push_back({{"offset", change.offset},
                    {"old", hex(change.old_octets, "")},
                    {"new", hex(change.new_octets, "")}});
  }
  return json;
}

}  // namespace tollgate::cli
