#include "cli/verdict_changes.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace tollgate::cli {
namespace {

/// Of what is charged: not of what nobody pays, where the policy's `or` applies.
std::string_view tariff_of(const Judgement& judgement) {
  return judgement.verdict == Verdict::charge ? judgement.tariff : std::string_view{};
}

bool same_verdict(const Judgement& a, const Judgement& b) {
  return a.verdict == b.verdict && a.accepted == b.accepted && tariff_of(a) == tariff_of(b) &&
         a.divert_to == b.divert_to;
}

bool pays(const Message& message) { return message.judgement.amount != 0 || message.judgement.fees != 0; }

bool is_same_payer(const Message& a, const Message& b) {
  return !pays(a) || !pays(b) || a.origin.account == b.origin.account;
}

bool same_price(const Message& a, const Message& b) {
  const Judgement& x = a.judgement;
  const Judgement& y = b.judgement;
  const bool is_money = pays(a) || x.leaked != 0;
  return x.amount == y.amount && x.fees == y.fees && x.charge_refused == y.charge_refused &&
         x.leaked == y.leaked && (!is_money || x.currency == y.currency) && is_same_payer(a, b);
}

/// `0.065 EUR, 0.01 EUR in fees`; `no_price, leaked 0.08 EUR`
std::string price_of(const Message& message, bool names_payer) {
  const Judgement& judgement = message.judgement;
  std::string text(judgement.charge_refused);
  const auto add = [&](std::string_view before, std::int64_t amount, std::string_view behind) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", before,
                        record::written_amount(amount, judgement.currency), behind);
  };
  if (pays(message)) add("", judgement.amount, "");
  if (judgement.fees != 0) add("", judgement.fees, " in fees");
  if (pays(message) && names_payer) text += fmt::format(" by {}", message.origin.account);
  if (judgement.leaked != 0) add("leaked ", judgement.leaked, "");
  return text.empty() ? "nothing" : text;
}

bool same_labels(const Judgement& a, const Judgement& b) {
  return std::is_permutation(a.labels.begin(), a.labels.end(), b.labels.begin(), b.labels.end());
}

/// `charge grey-route`
std::string name_of(const Judgement& judgement) {
  std::string name(to_string(judgement.verdict));
  if (judgement.accepted) name += " as accepted";
  if (const std::string_view tariff = tariff_of(judgement); !tariff.empty())
    name += fmt::format(" {}", tariff);
  if (!judgement.divert_to.empty()) name += fmt::format(" to {}", judgement.divert_to);
  return name;
}

bool is_password(const Judgement& judgement) {
  return std::find(judgement.labels.begin(), judgement.labels.end(), "otp") != judgement.labels.end();
}

/// Whether the recipient gets it.
bool comes_through(const Judgement& judgement) {
  return judgement.verdict == Verdict::pass || judgement.verdict == Verdict::charge;
}

/// As much as a person has to read, in whole characters.
std::string_view text_of(const Message& message) {
  constexpr std::size_t most = 400;
  const std::string_view text = message.message_text.empty() ? message.text : message.message_text;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

Example example_of(const Message& before, const Message& after, const Source& source) {
  Example e;
  e.file = source.file;
  e.frame = source.frame;
  e.line = source.line;
  e.id = source.id;
  e.sender = after.sender.address;
  // An MT message of MAP names the subscriber by IMSI alone.
  if (after.recipient.present || after.imsi.empty()) e.recipient = after.recipient.address;
  else e.recipient = fmt::format("IMSI {}", after.imsi);
  e.text = text_of(after);
  e.change = {name_of(before.judgement), name_of(after.judgement)};
  e.policy = {std::string(before.judgement.policy), std::string(after.judgement.policy)};
  return e;
}

std::set<std::string> labels_of(const Judgement& judgement) {
  return {judgement.labels.begin(), judgement.labels.end()};
}

/// Of the rules in force: the others change nothing.
std::set<std::string> rules_of(const Judgement& judgement) {
  std::set<std::string> ids;
  for (const RuleHit& hit : judgement.rules) {
    if (hit.state == RuleState::enforce) ids.insert(std::to_string(hit.id));
  }
  return ids;
}

/// A row for each name on either side.
void add_each(Group& group, const std::set<std::string>& before, const std::set<std::string>& after,
              const Example& example) {
  for (const std::string& name : before)
    group.add({name, after.contains(name) ? Group::Side::both : Group::Side::before, example.change},
              example);
  for (const std::string& name : after) {
    if (!before.contains(name)) group.add({name, Group::Side::after, example.change}, example);
  }
}

}  // namespace

void Group::add(Key key, const Example& example) {
  auto row = rows_.find(key);
  if (row == rows_.end()) {
    if (rows_.size() == most_rows) {
      ++beyond_;
      return;
    }
    row = rows_.emplace(std::move(key), Row{}).first;
  }
  ++row->second.count;
  if (row->second.examples.size() < most_examples) row->second.examples.push_back(example);
}

void VerdictChanges::add(const Message& before, const Message& after, const Source& source) {
  ++messages;
  money_before.add(before.judgement);
  money_after.add(after.judgement);
  move_charges(before, after);
  if (same_verdict(before.judgement, after.judgement)) {
    if (!same_labels(before.judgement, after.judgement)) ++relabelled;
    if (!same_price(before, after)) add_price(before, after, example_of(before, after, source));
    return;
  }
  ++changed;
  const Example example = example_of(before, after, source);
  if (is_password(before.judgement) || is_password(after.judgement)) {
    const bool came = comes_through(before.judgement);
    const bool comes = comes_through(after.judgement);
    if (came && !comes && lost_passwords++ < most_lost) lost.push_back(example);
    if (!came && comes) ++won_passwords;
  }
  add_groups(before, after, example);
}

void VerdictChanges::add_price(const Message& before, const Message& after, Example example) {
  ++repriced;
  const bool other_payer = !is_same_payer(before, after);
  example.change = {price_of(before, other_payer), price_of(after, other_payer)};
  prices.add({std::string(after.origin.account), Group::Side::both, example.change}, example);
}

void VerdictChanges::add_groups(const Message& before, const Message& after, const Example& example) {
  verdicts.add({{}, Group::Side::both, example.change}, example);
  add_each(rules, rules_of(before.judgement), rules_of(after.judgement), example);
  add_each(labels, labels_of(before.judgement), labels_of(after.judgement), example);
  accounts.add({std::string(after.origin.account), Group::Side::both, example.change}, example);
  routes.add({std::string(after.route), Group::Side::both, example.change}, example);
  policy.add(
      {fmt::format("{} -> {}", example.policy.from, example.policy.to), Group::Side::both, example.change},
      example);
}

void VerdictChanges::move_charges(const Message& before, const Message& after) {
  const auto count = [&](Charges& charges, const Judgement& judgement) {
    ++charges.parts;
    if (after.parts.seq <= 1) ++charges.messages;
    if (!judgement.charged) return;
    Paid& paid = charges.paid[std::string(judgement.currency)];
    paid.amount += judgement.amount;
    paid.fees += judgement.fees;
  };
  const std::string old_tariff(tariff_of(before.judgement));
  const std::string new_tariff(tariff_of(after.judgement));
  if (old_tariff != new_tariff) {
    if (!old_tariff.empty()) count(tariffs[old_tariff].gone, before.judgement);
    if (!new_tariff.empty()) count(tariffs[new_tariff].come, after.judgement);
  } else if (!old_tariff.empty() && !same_price(before, after)) {
    Moved& moved = tariffs[old_tariff];
    count(moved.was, before.judgement);
    count(moved.is, after.judgement);
  }
}

}  // namespace tollgate::cli
