#include "record/rollup_key.hpp"

#include <algorithm>

namespace tollgate::record {
namespace {

constexpr std::array<std::string_view, dimension_count> dimension_names{
    "route",   "direction", "protocol", "operation", "operator", "country", "account", "label",
    "verdict", "policy",    "refusal",  "currency",  "sender",   "rule",    "state",   "origin"};
constexpr std::array<std::string_view, all_cubes.size()> cube_names{"traffic", "senders", "rules", "leaks"};
constexpr std::array<std::string_view, all_levels.size()> level_names{"minute", "hour", "day"};

template <class Enum, std::size_t n>
std::optional<Enum> named(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view to_string(Dimension dimension) {
  return dimension_names[static_cast<std::size_t>(dimension)];
}
std::optional<Dimension> dimension_named(std::string_view name) {
  return named<Dimension>(dimension_names, name);
}
std::string_view to_string(Cube cube) { return cube_names[static_cast<std::size_t>(cube)]; }
std::string_view to_string(Level level) { return level_names[static_cast<std::size_t>(level)]; }
std::optional<Level> level_named(std::string_view name) { return named<Level>(level_names, name); }

}  // namespace tollgate::record
