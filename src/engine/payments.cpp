#include "engine/payments.hpp"

#include <algorithm>

#include "charge/label.hpp"
#include "inspect/smpp_message.hpp"
#include "message/number.hpp"

namespace tollgate::engine {

bool carries_user_data(const Message& message) {
  return message.protocol == Protocol::smpp || !message.tpdu.type.empty() || message.has_text ||
         !message.data.empty();
}

void read_recipient(Message& message, const decode::smpp::Destination& destination, const Home& home,
                    Arena& arena) {
  message.recipient = inspect::read_smpp_address(destination.address, arena);
  if (message.recipient.number.empty()) fill_number(message.recipient, home, arena);
}

void Payments::name_ends(const rules::Ruleset& ruleset, Message& message) {
  rules::name_operators(ruleset, message);
  if (charger_ != nullptr) charger_->recognise(message);
}

bool Payments::came_over_a_tap(const Message& message) const {
  return std::any_of(settings_.links.begin(), settings_.links.end(),
                     [&](const Link& link) { return link.tap && link.name == message.link; });
}

void Payments::settle(Message& message, rules::Evaluator& evaluator, bool enforces) {
  if (charger_ == nullptr) return;
  const bool is_done = enforces && !came_over_a_tap(message);
  if (is_done) charge(message, evaluator);
  value_leakage(message, is_done);
}

/// What the policy charges is paid, or the policy's `or` applies.
void Payments::charge(Message& message, rules::Evaluator& evaluator) {
  Judgement& judgement = message.judgement;
  if (judgement.verdict != Verdict::charge || !carries_user_data(message)) return;
  const std::string_view tariff = judgement.tariff;
  const charge::Refusal refusal = message.smpp.destinations.empty()
                                      ? charger_->charge(message, tariff)
                                      : charge_each_recipient(evaluator.ruleset(), message, tariff);
  if (refusal == charge::Refusal::none) return;
  if (!charger_->keep_refusal(message, tariff, refusal)) counters_.add(Count::refusals_not_kept);
  evaluator.fall_back();
  judgement.tariff = tariff;
  judgement.charge_refused = to_string(refusal);
}

/// All of them, or none.
charge::Refusal Payments::charge_each_recipient(const rules::Ruleset& ruleset, Message& message,
                                                std::string_view tariff) {
  charge::Refusal refusal = charge::Refusal::none;
  for_each_recipient(ruleset, message, [&](const decode::smpp::Destination& destination) {
    refusal = destination.is_list ? charge::Refusal::distribution_list : charger_->add(message, tariff);
    return refusal == charge::Refusal::none;
  });
  if (refusal == charge::Refusal::none) return charger_->commit(message);
  charger_->discard();
  return refusal;
}

/// What passes and nobody pays has a price all the same. Where nothing is done, all passes.
void Payments::value_leakage(Message& message, bool is_done) {
  const Judgement& judgement = message.judgement;
  if (is_done && judgement.verdict != Verdict::pass) return;
  if (!charge::has_label(message, "a2p") || !carries_user_data(message)) return;
  if (!charger_->value_leakage(message)) counters_.add(Count::leaks_not_kept);
}

}  // namespace tollgate::engine
