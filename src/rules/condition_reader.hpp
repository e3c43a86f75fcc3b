#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/fold.hpp"
#include "message/home.hpp"
#include "rules/condition.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::rules {

/// What conditions can name beside fields, and where their tests go.
struct Vocabulary {
  Tests& tests;
  std::vector<NamedList>& lists;
  const std::vector<std::string>& signals;
  const Home& home;
  const FoldTables& fold;
  FoldedText& folded;
  bool recipient_zone = false;  ///< set where a time is the recipient's
  bool negated = false;         ///< what is read now stands below an odd number of `not`
};

/// Who asks: a rule cannot name labels.
enum class Asker : std::uint8_t { rule, policy };

/// Reads the value of a `when`. Faults are noted; what was faulty is left out. Throws Refused where nothing
/// can be read.
Condition read_condition(YamlReader& reader, Vocabulary& words, Asker asker, const YAML::Node& when);

/// Reads one value of `field` as a condition: a test, or its negation. Throws Refused.
Condition read_value(YamlReader& reader, Vocabulary& words, FieldId field, const YAML::Node& value);
/// One value of the signal with that index.
Condition read_signal(YamlReader& reader, Vocabulary& words, std::uint32_t signal, const YAML::Node& value);
/// Refuses a signal that no plugin publishes.
[[noreturn]] void unknown_signal(YamlReader& reader, const Vocabulary& words, std::string_view name,
                                 const YAML::Mark& mark);
/// A map of between, days, zone.
Condition read_time(YamlReader& reader, Vocabulary& words, const YAML::Node& value);

/// The letters, digits, `-`, `_` and `.` that names of labels are made of.
bool is_name(std::string_view text);

}  // namespace tollgate::rules
