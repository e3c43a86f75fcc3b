#include "cli/price_quote.hpp"

#include <algorithm>
#include <string>

#include "charge/charge.hpp"

namespace tollgate::cli {

using charge::Refusal;

void PriceQuote::recognise(const rules::Ruleset& ruleset, Message& message) {
  rules::name_operators(ruleset, message);
  payer_ = book_ == nullptr ? nullptr : book_->payer_of(message);
  if (payer_ == nullptr) return;
  message.origin.account = payer_->account.id;
  registered_ = payer_->has_registered(message);
  message.account_sender = registered_ ? "registered" : "unregistered";
  message.account_status = payer_->quota->suspended ? "suspended" : "active";
}

std::optional<PriceExplanation> PriceQuote::quote(Message& message, rules::Evaluator& evaluator) {
  if (book_ == nullptr || !engine::carries_user_data(message)) return {};
  Judgement& judgement = message.judgement;
  PriceExplanation e;
  if (payer_ != nullptr) {
    e.account = payer_->account.id;
    e.account_name = payer_->account.name;
  }
  const bool is_charge = judgement.verdict == Verdict::charge;
  if (is_charge) charge(message, evaluator, e);
  const auto& labels = judgement.labels;
  const bool is_a2p = std::find(labels.begin(), labels.end(), "a2p") != labels.end();
  const charge::PriceLine* const line =
      judgement.verdict == Verdict::pass && is_a2p ? book_->list_price(message) : nullptr;
  if (line != nullptr) {
    judgement.leaked = e.leaked = line->amount + charge::fees_of(*line);
    judgement.currency = line->currency;
    e.currency = line->currency;
    e.list_price = *line;
  }
  if (!is_charge && e.leaked == 0) return {};
  return e;
}

void PriceQuote::charge(Message& message, rules::Evaluator& evaluator, PriceExplanation& e) {
  Judgement& judgement = message.judgement;
  e.tariff = judgement.tariff;
  Refusal refusal = Refusal::none;
  payments_.for_each_recipient(evaluator.ruleset(), message,
                               [&](const decode::smpp::Destination& destination) {
                                 refusal = destination.is_list ? Refusal::distribution_list : add(message, e);
                                 return refusal == Refusal::none;
                               });
  if (refusal == Refusal::none && is_used_up(e.amount + e.fees)) refusal = Refusal::no_credit;
  if (refusal == Refusal::none) {
    judgement.charged = e.charged = true;
    judgement.amount = e.amount;
    judgement.fees = e.fees;
    judgement.currency = payer_->account.currency;
    e.currency = payer_->account.currency;
    return;
  }
  const std::string_view tariff = judgement.tariff;
  evaluator.fall_back();
  judgement.tariff = tariff;
  judgement.charge_refused = to_string(refusal);
  e.refused = judgement.charge_refused;
  e.amount = e.fees = 0;
}

/// What the recipient costs that stands in `message` now.
Refusal PriceQuote::add(const Message& message, PriceExplanation& e) const {
  if (payer_ == nullptr) return Refusal::no_account;
  const charge::PriceLine* const line = payer_->price({.message = message,
                                                       .tariff = e.tariff,
                                                       .country = charge::recipient_country(message),
                                                       .currency = payer_->account.currency});
  auto& price = e.prices.emplace_back();
  if (!message.smpp.destinations.empty()) price.recipient = message.recipient.address;
  if (line != nullptr) price.line = *line;
  if (const Refusal refusal = payer_->refuses(message, registered_); refusal != Refusal::none) return refusal;
  if (line == nullptr) return Refusal::no_price;
  e.amount += line->amount;
  e.fees += charge::fees_of(*line);
  return Refusal::none;
}

/// Nothing more is to be had from the ledger, and what this appliance has of it is too little.
bool PriceQuote::is_used_up(charge::Amount amount) const {
  return payer_->quota->at_limit && payer_->quota->left < amount;
}

}  // namespace tollgate::cli
