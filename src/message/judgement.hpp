#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

enum class RuleState : std::uint8_t {
  draft,    ///< loaded, not run
  shadow,   ///< recorded, without effect
  enforce,  ///< its labels count
};
enum class Verdict : std::uint8_t { pass, block, charge, throttle, divert };

std::string_view to_string(RuleState state);
std::string_view to_string(Verdict verdict);

/// Whether a message with this verdict is not delivered as it was sent.
constexpr bool changes_message(Verdict verdict) {
  return verdict == Verdict::block || verdict == Verdict::throttle || verdict == Verdict::divert;
}

/// Half-open, in code points of the text that was matched: the whole text of a message that its part
/// completes, else its own.
struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const TextSpan&, const TextSpan&) = default;
};

/// A rule that holds.
struct RuleHit {
  std::uint32_t id = 0;
  std::uint32_t rev = 0;
  RuleState state = RuleState::enforce;
  std::uint32_t spans = 0;  ///< how many of Judgement::spans are its own, following those of the rule before
};

/// What a plugin says of a message.
struct SignalValue {
  std::string_view name;  ///< `rate.sender_per_minute`
  double value = 0;
};

/// What decided, as it can be kept beyond its ruleset.
struct Decision {
  std::uint64_t line = 0;  ///< of the policy: a number that goes with its name; 0: none
  bool otherwise = false;  ///< not what the line wants, but its `or`
};

/// What the rules and the policy say of a message. Its spans of labels, rules, spans and signals are the
/// evaluator's and good until its next message; texts belong to the ruleset and are good as long as that
/// lives.
struct Judgement {
  std::string_view ruleset;                  ///< its name; empty where nothing judged
  std::span<const std::string_view> labels;  ///< in the order of the rules that gave them, each once
  std::span<const RuleHit> rules;            ///< by id
  std::span<const TextSpan> spans;           ///< of all rules; none until they are looked for (rules/spans)
  std::span<const SignalValue> signals;      ///< that a rule or the policy asks for; at most 32
  std::uint32_t more_rules = 0;              ///< rules that hold beyond those that there is room for
  Verdict verdict = Verdict::pass;
  bool alert = false;
  /// The message was changed on its way, so that it is as the verdict says: of block, throttle and divert.
  bool enforced = false;
  std::string_view policy;     ///< the name of the line that decided; empty where there is no policy
  std::string_view map_error;  ///< of a block: the standard's name of the error; empty for the default
  std::uint8_t map_error_code = 0;
  std::uint32_t smpp_status = 0;    ///< of a block; 0 for the default
  bool accepted = false;            ///< of a block: the sender is told that it was delivered
  std::string_view tariff;          ///< of a charge, also of one that was refused
  std::string_view charge_refused;  ///< why nobody pays, and the policy's `or` applies; static storage
  bool charged = false;             ///< what follows is known of a charge
  bool charged_before = false;      ///< its application sent it before: nothing more is paid
  std::int64_t amount = 0;          ///< charged, without fees: millionths
  std::int64_t fees = 0;
  std::int64_t leaked = 0;     ///< what it should have cost, of a message that nobody pays for
  std::string_view currency;   ///< ISO 4217, of `amount` or `leaked`
  std::string_view divert_to;  ///< digits
};

}  // namespace tollgate
