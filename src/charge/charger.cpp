#include "charge/charger.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "charge/name_of.hpp"
#include "message/origin_name.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {
namespace {

constexpr std::array<std::string_view, 2> sender_states{"unregistered", "registered"};
constexpr std::array<std::string_view, 2> account_states{"active", "suspended"};

std::string_view recipient_of(const Message& message) {
  return message.recipient.present ? message.recipient.address : message.imsi;
}

MessageId to_id(const XXH128_hash_t& hash) { return {.high = hash.high64, .low = hash.low64}; }

using Secret = std::span<const std::uint64_t>;

XXH128_hash_t keyed_hash(const void* octets, std::size_t size, Secret secret) {
  return XXH3_128bits_withSecret(octets, size, secret.data(), secret.size_bytes());
}

/// Of what most messages of SMPP do not have.
[[gnu::noinline]] XXH128_hash_t hash_beside_text(const Message& message, Secret secret) {
  const std::array hashes{keyed_hash(message.data.data(), message.data.size(), secret),
                          keyed_hash(message.udh.data(), message.udh.size(), secret),
                          keyed_hash(message.service_centre.data(), message.service_centre.size(), secret)};
  return keyed_hash(hashes.data(), sizeof hashes, secret);
}

bool is_same(const MessageId& a, const MessageId& b) { return a.high == b.high && a.low == b.low; }

}  // namespace

Charger::Charger(std::shared_ptr<const Book> book, RecentCharges& recent, Journal& journal,
                 bool knows_retries)
    : book_(std::move(book)), recent_(recent), journal_(journal), knows_retries_(knows_retries) {}

void Charger::recognise(Message& message) {
  payer_ = book_ == nullptr ? nullptr : book_->payer_of(message);
  if (payer_ == nullptr) return;
  retry_ = retry_key(message);
  message.origin.account = payer_->id;
  registered_ = payer_->has_registered(message);
  message.account_sender = sender_states[registered_ ? 1 : 0];
  message.account_status = account_states[payer_->quota->suspended.load(std::memory_order_relaxed) ? 1 : 0];
  recent_.prefetch(retry_);  // rules take their time
  journal_.prefetch();
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
  const PriceLine* const line = price(message, tariff, country);
  if (line == nullptr) return Refusal::no_price;
  if (added_count_ == most_recipients) return Refusal::ledger_behind;
  ++recipients_;
  const std::uint64_t id_high = message.id.high + recipients_ - 1;
  if (settled_ && settled_({.high = id_high, .low = message.id.low}, message.time_ns)) return Refusal::none;
  const auto end = added_.begin() + added_count_;
  if (std::any_of(added_.begin(), end, [&](const Added& other) { return is_same(other.retry, retry); }))
    return Refusal::none;  // the same recipient twice

  Added& added = added_[added_count_++];
  added.retry = retry;
  Charge& made = added.charge;
  made.id.high = id_high;
  made.id.low = message.id.low;
  made.retry = retry;
  made.time_ns = message.time_ns;
  made.account = payer_->number;
  made.price = line->number;
  made.part = message.parts.total > 1 ? message.parts.seq : std::uint8_t{0};
  made.parts = message.parts.total > 1 ? message.parts.total : std::uint8_t{0};
  made.country = {};
  if (country.size() == made.country.size()) std::copy(country.begin(), country.end(), made.country.begin());
  made.recipient_operator.assign(message.recipient.operator_name);
  made.tariff.assign(tariff);
  made.route.assign(message.route);
  made.amount = line->amount;
  made.fees = fees_of(*line);
  added.is_of_whole = line->per == PriceLine::Per::message && made.parts != 0;
  if (added.is_of_whole) price_of_whole(message, added);
  sum_ += made.amount + made.fees;
  return Refusal::none;
}

/// A price of a whole message falls on the part that comes first. A part that has come before has another
/// text now, or it would not be asked: its reference is used again, by another message. The journal and the
/// ledger know a whole by the part that pays, so that no later one pays again after a restart; that part
/// itself, sent again then, is one that is paid.
void Charger::price_of_whole(const Message& message, Added& added) const {
  added.whole = whole_key(message);
  Charge& made = added.charge;
  const bool is_paid = recent_.knows(added.whole, message.time_ns) &&
                       !recent_.knows(part_key(added.whole, made.part), message.time_ns);
  if (is_paid) made.amount = made.fees = 0;
  else made.retry = added.whole;
}

Refusal Charger::commit(Message& message) {
  if (payer_ == nullptr) return Refusal::no_account;  // nobody was added
  // Who may send so many a second may send those again that are paid for.
  if (payer_->interval_ns != 0) drop_paid();
  Refusal refusal = take(message);
  // What is paid for needs no money.
  if (refusal != Refusal::none && drop_paid()) refusal = take(message);
  if (refusal != Refusal::none) {
    discard();
    return refusal;
  }
  Judgement& judgement = message.judgement;
  judgement.charged = true;
  judgement.charged_before = true;
  judgement.currency = payer_->currency();
  for (Added& added : std::span(added_).first(added_count_)) {
    Charge& made = added.charge;
    if (!claim(added)) {
      payer_->quota->give(made.amount + made.fees);
      continue;
    }
    judgement.charged_before = false;
    judgement.amount += made.amount;
    judgement.fees += made.fees;
    journal_.write(made);
  }
  discard();
  return Refusal::none;
}

/// Remembers that it is paid. False where it was already: by an earlier message, or by another worker just
/// now. There must be the money for it, so that nobody takes it for paid who could not pay in the end. Two
/// parts of a whole that meet two workers at the same moment both pay its price.
bool Charger::claim(Added& added) {
  Charge& made = added.charge;
  if (!recent_.claim(added.retry, made.time_ns)) return false;
  if (!added.is_of_whole) return true;
  if (is_same(made.retry, added.whole)) {  // it pays: parts that have come were another message's
    for (unsigned part = 0; part <= made.parts; ++part) recent_.forget(part_key(added.whole, part));
    recent_.forget(added.whole);
    recent_.claim(added.whole, made.time_ns);
  }
  recent_.claim(part_key(added.whole, made.part), made.time_ns);
  return true;
}

/// Leaves out what was paid before. Whether there was such.
bool Charger::drop_paid() {
  const std::uint32_t before = added_count_;
  const auto end = std::remove_if(added_.begin(), added_.begin() + before, [&](const Added& added) {
    return recent_.knows(added.retry, added.charge.time_ns);
  });
  added_count_ = static_cast<std::uint32_t>(end - added_.begin());
  sum_ = std::accumulate(added_.begin(), end, Amount{0}, [](Amount sum, const Added& added) {
    return sum + added.charge.amount + added.charge.fees;
  });
  return added_count_ != before;
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
  added_count_ = recipients_ = 0;
  sum_ = 0;
}

bool Charger::value_leakage(Message& message) {
  const PriceLine* const line = list_price(message);
  if (line == nullptr) return true;
  message.judgement.leaked = line->amount + fees_of(*line);
  message.judgement.currency = line->currency;
  const OriginName origin = name_of_origin(message);
  Charge leak{};
  leak.amount = line->amount;
  leak.fees = fees_of(*line);
  leak.price = line->number;
  leak.part = static_cast<std::uint8_t>(origin.kind);
  leak.tariff.assign(origin.name);
  return write_unpaid(message, leak);
}

bool Charger::keep_refusal(const Message& message, std::string_view tariff, Refusal refusal) {
  if (payer_ == nullptr) return true;  // whose statement would it be?
  Charge refused{};
  refused.account = payer_->number;
  refused.part = static_cast<std::uint8_t>(refusal);
  refused.tariff.assign(tariff);
  return write_unpaid(message, refused);
}

bool Charger::write_unpaid(const Message& message, Charge& unpaid) {
  if (!journal_.has_room(Journal::capacity / 2)) return false;
  const std::string_view country = recipient_country(message);
  unpaid.id = message.id;
  unpaid.time_ns = message.time_ns;
  if (country.size() == unpaid.country.size())
    std::copy(country.begin(), country.end(), unpaid.country.begin());
  unpaid.route.assign(message.route);
  journal_.write(unpaid);
  return true;
}

const PriceLine* Charger::price(const Message& message, std::string_view tariff) const {
  return payer_ == nullptr ? nullptr : price(message, tariff, recipient_country(message));
}

const PriceLine* Charger::price(const Message& message, std::string_view tariff,
                                std::string_view country) const {
  return payer_->price(
      {.message = message, .tariff = tariff, .country = country, .currency = payer_->currency()});
}

const PriceLine* Charger::list_price(const Message& message) const {
  return book_ == nullptr ? nullptr : book_->list_price(message);
}

/// The same for an application's own repetition, and for nothing else.
MessageId Charger::retry_key(const Message& message) const {
  if (!knows_retries_) return {.high = message.id.high + recipients_, .low = message.id.low};
  const auto secret = book_->secret();
  XXH128_hash_t text = keyed_hash(message.text.data(), message.text.size(), secret);
  if (!message.data.empty() || !message.udh.empty() || !message.service_centre.empty()) {
    const XXH128_hash_t other = hash_beside_text(message, secret);
    text.low64 ^= other.low64;
    text.high64 ^= other.high64;
  }
  const Name sender = name_of(message.sender.address, secret);
  const Name recipient = name_of(recipient_of(message), secret);
  const Parts& parts = message.parts;
  const std::array<std::uint64_t, 8> whole{
      text.low64,
      text.high64,
      sender.begin,
      sender.end,
      recipient.begin,
      recipient.end,
      message.tpdu.service_centre_time,
      sender.size << 48U | recipient.size << 32U | std::uint64_t{parts.ref} << 16U |
          std::uint64_t{parts.total} << 8U | parts.seq,
  };
  MessageId key = to_id(keyed_hash(whole.data(), sizeof whole, secret));
  // Behind all else, as it is known last: the place of the key can be fetched before.
  key.low += payer_->number * 0x9E37'79B9'7F4A'7C15;
  return key;
}

/// The same for all parts of a message, also in the next process.
MessageId Charger::whole_key(const Message& message) const {
  const auto secret = book_->secret();
  const auto hash = [&](std::string_view text) {
    return XXH3_64bits_withSecret(text.data(), text.size(), secret.data(), secret.size_bytes());
  };
  const Parts& parts = message.parts;
  const std::array<std::uint64_t, 5> whole{
      hash(message.operation),
      hash(message.sender.address),
      hash(recipient_of(message)),
      std::uint64_t{payer_->number} << 32U | std::uint64_t{parts.ref} << 16U |
          std::uint64_t{parts.total} << 8U | (parts.wide ? 1U : 0U),
      static_cast<std::uint64_t>(message.protocol),
  };
  return to_id(XXH3_128bits_withSecret(whole.data(), sizeof whole, secret.data(), secret.size_bytes()));
}

/// Of a part of the whole: to know it by when another message has the same reference.
MessageId Charger::part_key(const MessageId& whole, unsigned part) {
  return to_id(XXH3_128bits_withSeed(&whole, sizeof whole, part));
}

}  // namespace tollgate::charge
