#include "record/tally.hpp"

namespace tollgate::record {

void Tally::add(const Message& message) {
  if (message.answer.given) ++rewritten_;
  if (message.kind != Kind::message) return;
  const Judgement& judgement = message.judgement;
  ++messages_[{message.protocol, message.direction, judgement.verdict, std::string(message.route)}];
  if (judgement.enforced) ++enforced_;
  if (judgement.leaked != 0) ++leaked_;
  for (const RuleHit& hit : judgement.rules) {
    const bool fits = rules_.size() < most_rules || rules_.contains(hit.id);
    ++rules_[fits ? hit.id : 0][static_cast<std::size_t>(hit.state)];
  }
  if (message.origin.account.empty()) return;
  Account key{std::string(message.origin.account), std::string(judgement.charged ? judgement.currency : "")};
  if (accounts_.size() >= most_accounts && !accounts_.contains(key)) key.id = other;
  Paid& paid = accounts_[key];
  ++paid.messages;
  if (judgement.charged) ++paid.charged;
  if (!judgement.charge_refused.empty()) ++paid.refused;
  paid.amount += judgement.amount + judgement.fees;
}

}  // namespace tollgate::record
