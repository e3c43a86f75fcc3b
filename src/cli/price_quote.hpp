#pragma once

#include <memory>
#include <optional>

#include "charge/book.hpp"
#include "cli/price_explanation.hpp"
#include "engine/payments.hpp"
#include "engine/settings.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"
#include "rules/evaluate.hpp"

namespace tollgate::cli {

/// Who would pay for a message, and what, by the accounts and prices that are in force. Nobody is charged,
/// nothing is put aside, counted or written: a message that was paid for is quoted as one that comes now.
/// Whether it comes too fast is not asked.
class PriceQuote {
 public:
  /// `book` may be null: then nobody pays. `settings` must outlive it.
  PriceQuote(std::shared_ptr<const charge::Book> book, const engine::Settings& settings)
      : book_(std::move(book)), payments_(settings, counters_, arena_) {}

  /// Before rules see the message: names whose its ends are, and who pays.
  void recognise(const rules::Ruleset& ruleset, Message& message);

  /// Once `evaluator` has judged it: fills in what its judgement says of money. Nothing where that is
  /// nothing.
  std::optional<PriceExplanation> quote(Message& message, rules::Evaluator& evaluator);

 private:
  void charge(Message& message, rules::Evaluator& evaluator, PriceExplanation& e);
  charge::Refusal add(const Message& message, PriceExplanation& e) const;
  bool is_used_up(charge::Amount amount) const;

  std::shared_ptr<const charge::Book> book_;
  const charge::Payer* payer_ = nullptr;
  bool registered_ = false;
  Counters counters_;
  Arena arena_;
  engine::Payments payments_;  ///< without a charger: for the recipients
};

}  // namespace tollgate::cli
