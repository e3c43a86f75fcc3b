#include "rules/test.hpp"

#include <array>

#include <fmt/format.h>

namespace tollgate::rules {

std::string_view to_string(Relation relation) {
  constexpr std::array<std::string_view, 6> names{"=", "!=", "<", "<=", ">", ">="};
  return names[static_cast<std::size_t>(relation)];
}

TestId Tests::add(Test test) {
  // What was written says it all, but for the sign that a field's own list or a field was meant.
  const std::string key =
      fmt::format("{} {} {} {} {} {} {}", index(test.field), static_cast<int>(test.op),
                  static_cast<int>(test.relation), test.other, test.number, test.level,
                  test.op == Op::equals || test.op == Op::prefix ? test.text : test.written);
  const auto [place, is_new] = known_.emplace(key, static_cast<TestId>(all_.size()));
  if (is_new) all_.push_back(std::move(test));
  return place->second;
}

void Tests::add_pattern(TestId test, Pattern pattern, std::uint16_t expires) {
  FieldPatterns& of_field = patterns_[all_[test].field];
  const std::string key =
      fmt::format("{} {} {}", static_cast<int>(pattern.kind), pattern.flags, pattern.expression);
  const auto [place, is_new] =
      of_field.known.emplace(key, static_cast<std::uint32_t>(of_field.patterns.size()));
  if (is_new) {
    of_field.patterns.push_back(std::move(pattern));
    of_field.uses.emplace_back();
  }
  for (const FieldPatterns::Use& use : of_field.uses[place->second]) {
    if (use.test == test) return;
  }
  of_field.uses[place->second].push_back({test, expires});
}

std::uint32_t Tests::add_window(const TimeWindow& window) {
  windows_.push_back(window);
  return static_cast<std::uint32_t>(windows_.size() - 1);
}

LabelId Tests::add_label(std::string_view name) {
  const auto known = known_labels_.find(name);
  if (known != known_labels_.end()) return known->second;
  const auto id = static_cast<LabelId>(labels_.size());
  labels_.emplace_back(name);
  known_labels_.emplace(name, id);
  return id;
}

}  // namespace tollgate::rules
