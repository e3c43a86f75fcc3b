#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "message/network.hpp"
#include "rules/field.hpp"
#include "rules/list.hpp"
#include "rules/matcher.hpp"
#include "rules/time_window.hpp"

namespace tollgate::rules {

using TestId = std::uint32_t;
using LabelId = std::uint32_t;

enum class Relation : std::uint8_t { equal, unequal, less, at_most, greater, at_least };
template <class Number>
bool holds(Relation relation, Number a, Number b) {
  switch (relation) {
    case Relation::equal: return a == b;
    case Relation::unequal: return a != b;
    case Relation::less: return a < b;
    case Relation::at_most: return a <= b;
    case Relation::greater: return a > b;
    case Relation::at_least: return a >= b;
  }
  return false;
}
std::string_view to_string(Relation relation);

/// What a test does with its field. Each does not hold where the message does not have the field.
enum class Op : std::uint8_t {
  equals,   ///< `text`
  prefix,   ///< begins with `text`
  pattern,  ///< one of the field's patterns that name this test stands in it
  listed,   ///< is in list `other`
  home,     ///< begins with a prefix of the own network
  compare,  ///< `relation` to `number`
  field,    ///< `relation` to the field `other`; of text, equal or unequal
  network,  ///< lies in `network`
  flag,     ///< is `number`
  time,     ///< lies in time window `other`
  signal,   ///< signal `other` stands in `relation` to `level`
  label,    ///< label `other` was given
};

/// The smallest condition: one value of one field. Equal ones of all rules are one.
struct Test {
  FieldId field = FieldId::protocol;
  Op op = Op::equals;
  Relation relation = Relation::equal;
  std::uint32_t other = 0;
  std::uint64_t number = 0;
  double level = 0;
  std::string text;     ///< for equals and prefix, in the form of Subject::keys
  std::string written;  ///< the value as a person wrote it
  Network network;
};

/// The patterns of one field, and which tests each of them fulfils.
struct FieldPatterns {
  struct Use {
    TestId test;
    std::uint16_t expires;  ///< for expired()
  };
  std::vector<Pattern> patterns;
  std::vector<std::vector<Use>> uses;  ///< by pattern
  std::map<std::string, std::uint32_t> known;
};

/// All tests of a ruleset, each once.
class Tests {
 public:
  /// The place of `test`; the same for an equal one.
  TestId add(Test test);
  /// Lets the test hold where `pattern` stands in its field.
  void add_pattern(TestId test, Pattern pattern, std::uint16_t expires = 0);
  std::uint32_t add_window(const TimeWindow& window);
  LabelId add_label(std::string_view name);

  const std::vector<Test>& all() const { return all_; }
  const Test& operator[](TestId id) const { return all_[id]; }
  const std::map<FieldId, FieldPatterns>& patterns() const { return patterns_; }
  const std::vector<TimeWindow>& windows() const { return windows_; }
  const std::vector<std::string>& labels() const { return labels_; }

 private:
  std::vector<Test> all_;
  std::map<std::string, TestId> known_;
  std::map<FieldId, FieldPatterns> patterns_;
  std::vector<TimeWindow> windows_;
  std::vector<std::string> labels_;
  std::map<std::string, LabelId, std::less<>> known_labels_;
};

}  // namespace tollgate::rules
