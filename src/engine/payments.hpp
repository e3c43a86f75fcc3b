#pragma once

#include <string_view>

#include "charge/charger.hpp"
#include "decode/smpp.hpp"
#include "engine/settings.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/home.hpp"
#include "message/message.hpp"
#include "rules/evaluate.hpp"

namespace tollgate::engine {

/// Puts a recipient of a submit_multi in the place of the message's own.
void read_recipient(Message& message, const decode::smpp::Destination& destination, const Home& home,
                    Arena& arena);

/// Whether it is to be paid for, where it is charged: a query for the way to a recipient is not.
bool carries_user_data(const Message& message);

/// What the charger does for a message: before rules see it, it is told who pays; once it is judged, it is
/// paid for, or the policy's `or` applies, and what passes unpaid is valued. Without a charger nobody pays.
/// All that is given must outlive it.
class Payments {
 public:
  Payments(const Settings& settings, Counters& counters, Arena& arena)
      : settings_(settings), counters_(counters), arena_(arena) {}

  /// From now on `charger` charges what the policy says; null: nobody.
  void charge_with(charge::Charger* charger) { charger_ = charger; }
  /// Null where nobody is charged.
  const charge::Charger* charger() const { return charger_; }

  /// Names whose the ends of the message are, and who pays for what goes between them.
  void name_ends(const rules::Ruleset& ruleset, Message& message);

  /// Of the message that `evaluator` judged last. Where decisions are not enforced, and over a tap, all
  /// passes, and nobody pays.
  void settle(Message& message, rules::Evaluator& evaluator, bool enforces);

  /// Calls `each` for every destination of a submit_multi, whose address stands in the place of the message's
  /// recipient, but where it is a distribution list; until that gives false. Of any other message once. The
  /// recipient is afterwards what it was.
  template <class Each>
  void for_each_recipient(const rules::Ruleset& ruleset, Message& message, Each&& each) {
    decode::smpp::Destination destination;
    if (message.smpp.destinations.empty()) {
      each(destination);
      return;
    }
    const Address own = message.recipient;
    decode::smpp::Destinations destinations(message.smpp.destinations);
    while (destinations.next(destination)) {
      if (!destination.is_list) {
        read_recipient(message, destination, settings_.home, arena_);
        rules::name_operators(ruleset, message);
      }
      if (!each(destination)) break;
    }
    message.recipient = own;
  }

 private:
  bool came_over_a_tap(const Message& message) const;
  void charge(Message& message, rules::Evaluator& evaluator);
  charge::Refusal charge_each_recipient(const rules::Ruleset& ruleset, Message& message,
                                        std::string_view tariff);
  void value_leakage(Message& message, bool is_done);

  const Settings& settings_;
  Counters& counters_;
  Arena& arena_;
  charge::Charger* charger_ = nullptr;
};

}  // namespace tollgate::engine
