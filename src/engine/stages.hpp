#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "charge/charger.hpp"
#include "detect/detectors.hpp"
#include "engine/payments.hpp"
#include "engine/settings.hpp"
#include "engine/stage_clock.hpp"
#include "flow/concatenation.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"
#include "rules/evaluate.hpp"

namespace tollgate::engine {

/// What judges messages, for one worker. Made off the packet path, since that allocates.
struct Judge {
  Judge() = default;
  /// Without a ruleset nothing is judged. `plugins` are those with whose names it was loaded; all workers
  /// share them, each of which has a number.
  Judge(std::shared_ptr<const rules::Ruleset> ruleset, std::shared_ptr<const detect::Plugins> plugins,
        std::uint32_t worker = 0);

  std::unique_ptr<detect::Detectors> detectors;
  std::unique_ptr<rules::Evaluator> evaluator;
  std::vector<double> signals;  ///< room for those of one message
};

/// What happens to a Message after its inspector: its numbers become E.164, its route and account are named,
/// its operators are named, the parts of a long message are put together, plugins and rules judge it, it is
/// paid for, what can be done about it is settled, and it goes to the events. Its inspector then does what
/// was decided.
class Stages final : public Consumer {
 public:
  /// Without a ruleset nothing is judged, and no plugin runs.
  Stages(const Settings& settings, Counters& counters, Arena& arena, Consumer& events,
         std::shared_ptr<const rules::Ruleset> ruleset = {},
         std::shared_ptr<const detect::Plugins> plugins = {});

  void accept(Message& message) override;

  /// What judges; null where there is no ruleset.
  rules::Evaluator* evaluator() { return evaluator_.get(); }

  /// From now on `judge` judges; it becomes what has judged until now. What that said of messages shows the
  /// old ruleset: both live until those messages are recorded.
  void exchange(Judge& judge) {
    std::swap(judge.evaluator, evaluator_);
    std::swap(judge.detectors, detectors_);
    std::swap(judge.signals, signals_);
  }

  /// From now on `charger` charges what the policy says; null: nobody.
  void charge_with(charge::Charger* charger) { payments_.charge_with(charger); }
  /// How messages are paid for.
  Payments& payments() { return payments_; }
  /// Whether what is decided is done, from now on: else nobody is charged.
  void enforce(bool on) { enforces_ = on; }

  /// Measures these stages, and those around them.
  StageClock& clock() { return clock_; }
  const StageClock& clock() const { return clock_; }

  TableUse long_message_use() const { return concatenation_.message_use(); }
  TableUse part_chunk_use() const { return concatenation_.chunk_use(); }
  TableUse journal_use() const {
    return payments_.charger() != nullptr ? payments_.charger()->journal_use() : TableUse{};
  }

  /// The end of the input: counts what waits in vain.
  void finish() { concatenation_.finish(counters_); }

 private:
  bool from_outside(const IpAddress& address) const;
  std::string_view account_of(const IpAddress& address) const;
  std::string_view account_of(const Message& message) const;
  void put_together(Message& message);
  void name_ends(Message& message);
  rules::Subject& look_at(Message& message);
  void judge(Message& message);
  void judge_each_recipient(Message& message);
  void judge_looked_at(Message& message, std::span<const double> signals);
  std::span<const double> detect(rules::Subject& subject);
  void settle(Message& message);

  const Settings& settings_;
  Counters& counters_;
  Arena& arena_;
  Consumer& events_;
  StageClock clock_;
  flow::Concatenation concatenation_;
  std::unique_ptr<rules::Evaluator> evaluator_;
  std::unique_ptr<detect::Detectors> detectors_;
  Payments payments_;
  bool enforces_;
  std::vector<double> signals_;  ///< of the recipient whose verdict is the strictest
  std::uint64_t frame_ = 0;      ///< of the last message: octets that waited in a stream keep their own
  std::uint32_t item_ = 0;       ///< the next message's, if it is of that frame
};

}  // namespace tollgate::engine
