#include "charge/charger.hpp"

#include <algorithm>
#include <utility>

#include "flow/concatenation.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {
namespace {

std::string_view recipient_of(const Message& message) {
  return message.recipient.present ? message.recipient.address : message.imsi;
}

MessageId to_id(const XXH128_hash_t& hash) { return {.high = hash.high64, .low = hash.low64}; }

}  // namespace

Charger::Charger(std::shared_ptr<const Book> book, RecentCharges& recent, Journal& journal,
                 bool knows_retries)
    : book_(std::move(book)), recent_(recent), journal_(journal), knows_retries_(knows_retries) {}

void Charger::recognise(Message& message) {
  payer_ = book_ == nullptr ? nullptr : book_->payer_of(message);
  if (payer_ == nullptr) return;
  message.origin.account = payer_->account.id;
  retry_ = retry_key(message);
  recent_.prefetch(retry_);  // rules take their time
  registered_ = payer_->has_registered(message);
  message.account_sender = registered_ ? "registered" : "unregistered";
  message.account_status = payer_->quota->suspended.load(std::memory_order_relaxed) ? "suspended" : "active";
}

Refusal Charger::charge(Message& message, std::string_view tariff) {
  if (const Refusal refusal = add(message, tariff, retry_); refusal != Refusal::none) return refusal;
  return commit(message);
}

Refusal Charger::add(const Message& message, std::string_view tariff) {
  return add(message, tariff, payer_ == nullptr ? MessageId{} : retry_key(message));
}

Refusal Charger::add(const Message& message, std::string_view tariff, const MessageId& retry) {
  if (book_ == nullptr) return Refusal::ledger_behind;
  if (payer_ == nullptr) return Refusal::no_account;
  if (const Refusal refusal = payer_->refuses(message, registered_); refusal != Refusal::none) return refusal;
  const std::string_view country = recipient_country(message);
  const PriceLine* const line = payer_->price(
      {.message = message, .tariff = tariff, .country = country, .currency = payer_->account.currency});
  if (line == nullptr) return Refusal::no_price;
  if (added_count_ == most_recipients) return Refusal::ledger_behind;
  ++recipients_;
  if (!recent_.claim(retry, message.time_ns)) return Refusal::none;  // paid for already

  Charge& made = added_[added_count_++];
  made.id = message.id;
  made.id.high += recipients_ - 1;
  made.retry = retry;
  made.time_ns = message.time_ns;
  made.account = payer_->account.number;
  made.price = line->number;
  made.part = message.parts.total > 1 ? message.parts.seq : std::uint8_t{0};
  made.parts = message.parts.total > 1 ? message.parts.total : std::uint8_t{0};
  made.country = {};
  if (country.size() == made.country.size()) std::copy(country.begin(), country.end(), made.country.begin());
  made.recipient_operator.assign(message.recipient.operator_name);
  made.tariff.assign(tariff);
  made.route.assign(message.route);
  // A price of a whole message falls on the part that comes first.
  const bool is_paid =
      line->per == PriceLine::Per::message && made.parts != 0 && !claim_whole(message, message.time_ns);
  made.amount = is_paid ? 0 : line->amount;
  made.fees = is_paid ? 0 : fees_of(*line);
  sum_ += made.amount + made.fees;
  return Refusal::none;
}

Refusal Charger::commit(Message& message) {
  if (const Refusal refusal = take(message); refusal != Refusal::none) {
    discard();
    return refusal;
  }
  Judgement& judgement = message.judgement;
  judgement.charged = true;
  judgement.charged_before = added_count_ == 0;
  judgement.currency = payer_->account.currency;
  for (std::uint32_t i = 0; i < added_count_; ++i) {
    judgement.amount += added_[i].amount;
    judgement.fees += added_[i].fees;
    journal_.write(added_[i]);
  }
  begin_next();
  return Refusal::none;
}

/// Whether this is the first part of its message that is paid for.
bool Charger::claim_whole(const Message& message, std::uint64_t time_ns) {
  const MessageId key = whole_key(message);
  if (!recent_.claim(key, time_ns)) return false;
  whole_ = key;
  whole_claimed_ = true;
  return true;
}

/// Room in the journal, time, and money; all of them or nothing.
Refusal Charger::take(const Message& message) {
  if (added_count_ == 0) return Refusal::none;
  if (!journal_.has_room(added_count_)) return Refusal::ledger_behind;
  Quota& quota = *payer_->quota;
  if (!quota.take(sum_))
    return quota.at_limit.load(std::memory_order_relaxed) ? Refusal::no_credit : Refusal::ledger_behind;
  if (payer_->interval_ns == 0 || quota.take_time(message.time_ns, payer_->interval_ns, added_count_))
    return Refusal::none;
  quota.give(sum_);
  return Refusal::rate_exceeded;
}

void Charger::discard() {
  for (std::uint32_t i = 0; i < added_count_; ++i) recent_.forget(added_[i].retry);
  if (whole_claimed_) recent_.forget(whole_);
  begin_next();
}

void Charger::begin_next() {
  added_count_ = recipients_ = 0;
  sum_ = 0;
  whole_claimed_ = false;
}

void Charger::value_leakage(Message& message) const {
  const PriceLine* const line = book_ == nullptr ? nullptr : book_->list_price(message);
  if (line == nullptr) return;
  message.judgement.leaked = line->amount + fees_of(*line);
  message.judgement.currency = line->currency;
}

/// The same for an application's own repetition, and for nothing else.
MessageId Charger::retry_key(const Message& message) const {
  if (!knows_retries_) return {.high = message.id.high + recipients_, .low = message.id.low};
  const auto secret = book_->secret();
  const auto hash = [&](std::string_view text) {
    return XXH3_64bits_withSecret(text.data(), text.size(), secret.data(), secret.size_bytes());
  };
  const auto hash_octets = [&](Octets octets) {
    return XXH3_64bits_withSecret(octets.data(), octets.size(), secret.data(), secret.size_bytes());
  };
  const XXH128_hash_t text =
      XXH3_128bits_withSecret(message.text.data(), message.text.size(), secret.data(), secret.size_bytes());
  const Parts& parts = message.parts;
  const std::array<std::uint64_t, 9> whole{
      text.low64,
      text.high64,
      hash_octets(message.data),
      hash_octets(message.udh),
      hash(message.sender.address),
      hash(recipient_of(message)),
      hash(message.service_centre),
      message.tpdu.service_centre_time,
      std::uint64_t{payer_->account.number} << 32U | std::uint64_t{parts.ref} << 16U |
          std::uint64_t{parts.total} << 8U | parts.seq,
  };
  return to_id(XXH3_128bits_withSecret(whole.data(), sizeof whole, secret.data(), secret.size_bytes()));
}

/// The same for all parts of a message.
MessageId Charger::whole_key(const Message& message) const {
  const auto secret = book_->secret();
  const flow::PartsKey parts = flow::parts_key(message);
  const std::array<std::uint64_t, 4> whole{
      payer_->account.number, parts.conversation,
      std::uint64_t{parts.reference} << 16U | std::uint64_t{parts.total} << 1U | (parts.wide ? 1U : 0U), 1};
  return to_id(XXH3_128bits_withSecret(whole.data(), sizeof whole, secret.data(), secret.size_bytes()));
}

}  // namespace tollgate::charge
