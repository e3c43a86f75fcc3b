#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "message/message.hpp"
#include "rules/live_list.hpp"
#include "rules/ruleset.hpp"
#include "rules/subject.hpp"

namespace tollgate::rules {

/// Judges messages by one ruleset: the scratch of one worker. Allocates when it is made, and never after.
class Evaluator {
 public:
  explicit Evaluator(std::shared_ptr<const Ruleset> ruleset);

  /// Fills in `message.judgement`, and the operators that the message leaves open. What the judgement shows
  /// is good until the next message. `signals` are the plugins' values, in the order in which the ruleset
  /// names them; NaN where there is none.
  void judge(Message& message, std::span<const double> signals = {}) {
    look_at(message);
    judge(signals);
  }

  // The same in steps, of which plugins make their signals of the subject behind the first:

  Subject& look_at(Message& message);
  /// Makes what text patterns look at, which otherwise `match` makes.
  void normalise();
  /// The same message to another recipient: what patterns found in its text is not looked for again.
  Subject& look_at_recipient(Message& message);
  void judge(std::span<const double> signals) {
    match(signals);
    decide();
  }
  void match(std::span<const double> signals);
  void decide();

  const Ruleset& ruleset() const { return *ruleset_; }

  /// From now on lists are asked as they are in `live`, which is of this ruleset and must last until another
  /// call; null: as they are in the ruleset. Between two messages.
  void use(const LiveLists* live) { live_ = live; }

  // What the judgement says once more is known of the message judged last:

  /// What the deciding line wants cannot be: its `or` is applied, by default a block.
  void fall_back();

  Decision decision() const;

  /// The message is blocked by what has decided about another one. False where the ruleset has no such line
  /// any more, or that blocks no more.
  bool block_by(Decision decision);

  // Of the message judged last, as long as it is there:

  /// Whether the condition that stands there holds.
  bool holds(std::uint32_t node);
  bool test_holds(TestId test);
  Subject& subject() { return subject_; }

 private:
  static constexpr std::size_t most_labels = 32;
  static constexpr std::size_t most_rules = 32;
  static constexpr std::size_t most_signals = 32;

  void scan();
  void scan_field(FieldId id, const FieldPatterns& patterns, const Matcher& matcher);
  void look_up();
  bool now_holds(TestId test);
  void begin(Message& message);
  void suggest(std::span<const std::uint32_t> rules);
  void apply(const Rule& rule);
  void apply_policy();
  void take(const Action& action);
  Verdict verdict_of(const Action& action) const;
  void show_signals();

  bool ask(const Test& test);
  bool ask_text(const Test& test);
  bool is_listed(std::uint32_t list, std::string_view value) const;
  bool ask_number(const Test& test);
  bool ask_field(const Test& test);

  std::shared_ptr<const Ruleset> ruleset_;
  const LiveLists* live_ = nullptr;
  Message* message_ = nullptr;
  const PolicyLine* line_ = nullptr;  ///< that decided
  bool otherwise_ = false;            ///< its `or`
  Subject subject_;
  Scratch scratch_;

  /// The message it was found for, and what: nothing has to be cleared between messages.
  struct Memory {
    std::uint32_t message = 0;
    bool holds = false;
  };
  std::uint32_t now_ = 0;                    ///< counts messages
  std::vector<Memory> tests_;                ///< by test
  std::vector<std::uint32_t> rules_;         ///< by rule: the message it was suggested for
  std::vector<std::uint32_t> labels_given_;  ///< by label: the message it was given to
  std::vector<TestId> found_in_text_;        ///< by patterns, of the text as long as text_is_known_
  std::size_t found_in_text_count_ = 0;
  bool text_is_known_ = false;
  std::vector<std::uint32_t> suggested_;
  std::size_t suggested_count_ = 0;

  std::array<std::string_view, most_labels> labels_;
  std::size_t label_count_ = 0;
  std::array<RuleHit, most_rules> hits_;
  std::size_t hit_count_ = 0;
  std::uint32_t more_rules_ = 0;
  std::array<SignalValue, most_signals> signals_;
};

}  // namespace tollgate::rules
