#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "message/message.hpp"
#include "rules/ruleset.hpp"
#include "rules/subject.hpp"

namespace tollgate::rules {

/// Tells where in a message's text the patterns of rules stand, for people. Judging does not: a database that
/// tells where each match begins is many times as large, and twice as slow. Here a pattern that was found is
/// looked for once more, alone; it is compiled for that when it is first found. Not for the packet path.
class SpanFinder {
 public:
  /// `cache`: the folder of compiled patterns, as of Matcher::compile.
  explicit SpanFinder(std::shared_ptr<const Ruleset> ruleset, std::filesystem::path cache = {});

  /// Fills in the spans of `message.judgement`. What it shows of rules is good until the next call.
  void add_spans(Message& message);

  /// From now on `message` is asked; it must stay as long.
  void look_at(const Message& message);
  /// Where the test's patterns stand in its text, those that touch joined; none of a test of another kind.
  std::vector<TextSpan> of(TestId test);

 private:
  /// A pattern that stands in a text.
  struct Found {
    TestId test;
    FieldId field;
    std::size_t reading;  ///< of the folded text
    Hit hit;
  };
  void scan(FieldId id, const FieldPatterns& patterns);
  void scan(FieldId id, std::size_t reading, const FieldPatterns& patterns);
  std::string_view text(FieldId id, std::size_t reading);
  const Matcher& alone(FieldId id, std::uint32_t pattern);
  void find(TestId test, std::vector<TextSpan>& spans);
  void find(const Condition& condition, std::vector<TextSpan>& spans);

  std::shared_ptr<const Ruleset> ruleset_;
  std::filesystem::path cache_;
  Subject subject_;
  Scratch scratch_;
  std::map<std::pair<FieldId, std::uint32_t>, std::shared_ptr<const Matcher>> alone_;
  std::vector<Found> found_;
  std::vector<RuleHit> rules_;
  std::vector<TextSpan> spans_;
};

}  // namespace tollgate::rules
