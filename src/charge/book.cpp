#include "charge/book.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "message/countries.hpp"
#include "message/imsi.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {
namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return small(c); });
  return text;
}

bool has_label(const Message& message, std::string_view label) {
  const auto& labels = message.judgement.labels;
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::vector<PriceLine> lines_where(const std::vector<PriceLine>& lines, const auto& condition) {
  std::vector<PriceLine> chosen;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(chosen), condition);
  return chosen;
}

}  // namespace

std::string_view recipient_country(const Message& message) {
  return message.recipient.number.empty() ? country_of_imsi(message.imsi)
                                          : country_of(message.recipient.number);
}

bool Payer::has_registered(const Message& message) const {
  std::array<char, 64> room;  // no sender is as long
  const std::string_view sent = message.sender.address.substr(0, room.size());
  std::transform(sent.begin(), sent.end(), room.begin(), [](char c) { return small(c); });
  const std::string_view sender{room.data(), sent.size()};
  const auto exact = senders.find(sender);
  if (exact != senders.end() && exact->second <= message.time_ns) return true;
  for (std::uint64_t lengths = sender_prefix_lengths; lengths != 0; lengths &= lengths - 1) {
    const auto length = static_cast<std::size_t>(std::countr_zero(lengths));
    if (length > sender.size()) break;
    const auto prefix = sender_prefixes.find(sender.substr(0, length));
    if (prefix != sender_prefixes.end() && prefix->second <= message.time_ns) return true;
  }
  return false;
}

void Payer::add_sender_prefix(const std::string& prefix, std::uint64_t since_ns) {
  std::uint64_t& since = sender_prefixes.try_emplace(prefix, since_ns).first->second;
  since = std::min(since, since_ns);
  sender_prefix_lengths |= std::uint64_t{1} << prefix.size();
}

Refusal Payer::refuses(const Message& message, bool registered) const {
  if (quota->suspended.load(std::memory_order_relaxed)) return Refusal::suspended;
  const auto& labels = account.labels;
  if (!labels.empty() && std::none_of(labels.begin(), labels.end(),
                                      [&](const std::string& l) { return has_label(message, l); })) {
    return Refusal::label_not_accepted;
  }
  if (!account.senders.empty() && !registered) return Refusal::sender_not_registered;
  if (marketing && has_label(message, "marketing") && !is_marketing_hour(message))
    return Refusal::hour_not_allowed;
  const std::string_view recipient =
      message.recipient.number.empty() ? message.recipient.address : message.recipient.number;
  const auto has_it = [&](const auto& numbers) { return numbers->contains(recipient, message.time_ns); };
  if (lacks_list || std::any_of(excluded.begin(), excluded.end(), has_it)) return Refusal::recipient_excluded;
  return Refusal::none;
}

bool Payer::is_marketing_hour(const Message& message) const {
  if (marketing->zone != nullptr) return rules::contains(*marketing, *marketing->zone, message.time_ns);
  return rules::contains(*marketing, *zones, recipient_country(message), message.time_ns).value_or(false);
}

const PriceLine* Payer::price(const Priced& priced) const {
  const PriceLine* const own = own_prices.find(priced);
  return own != nullptr || list == nullptr ? own : list->find(priced);
}

Book::Book(Ledger::InForce ledger, Quotas& quotas, const ListNamed& list_named) {
  for (std::size_t i = 0; i < secret_.size(); ++i)
    secret_[i] = XXH3_64bits_withSeed(ledger.secret.data(), sizeof ledger.secret, i);
  std::vector<Account>& accounts = ledger.accounts;
  const std::vector<PriceLine>& prices = ledger.prices;
  std::vector<std::string> names;
  for (const PriceLine& line : prices) {
    if (!line.list.empty()) names.push_back(line.list);
    if (line.list == "standard" && standard_currency_.empty()) standard_currency_ = line.currency;
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    lists_.emplace_back(name, std::make_unique<PriceTable>(lines_where(
                                  prices, [&](const PriceLine& line) { return line.list == name; })));
    if (name == "standard") standard_ = lists_.back().second.get();
  }
  std::erase_if(accounts, [](const Account& account) { return account.number >= Quotas::most_accounts; });
  payers_.reserve(accounts.size());
  for (Account& account : accounts) {
    const auto place = static_cast<std::uint32_t>(payers_.size());
    Payer& payer = payers_.emplace_back();
    payer.account = std::move(account);
    const Account& of = payer.account;
    payer.quota = &quotas.of(of.number);
    payer.own_prices =
        PriceTable(lines_where(prices, [&](const PriceLine& line) { return line.account == of.id; }));
    for (const auto& [name, table] : lists_) {
      if (name == of.price_list) payer.list = table.get();
    }
    payer.dearest = std::max(payer.own_prices.dearest(), payer.list == nullptr ? 0 : payer.list->dearest());
    for (const RegisteredSender& sender : of.senders) {
      if (!sender.prefix) payer.senders.emplace(small(sender.address), sender.since_ns);
      else if (sender.address.size() < 64) payer.add_sender_prefix(small(sender.address), sender.since_ns);
    }
    set_marketing(payer);
    for (const std::string& name : of.excluded) {
      if (auto list = list_named(name)) payer.excluded.push_back(std::move(list));
      else payer.lacks_list = true;
    }
    if (of.messages_per_second != 0) payer.interval_ns = 1'000'000'000 / of.messages_per_second;
    numbers_.emplace(of.number, place);
    ids_.emplace(of.id, place);
    for (const Recogniser& mark : of.recognised_by) recognise(mark, place);
  }
  std::stable_sort(peers_.begin(), peers_.end(), [](const Peer& a, const Peer& b) {
    return a.network.prefix_bits > b.network.prefix_bits;
  });
}

const Payer* Book::payer(std::uint32_t number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : &payers_[found->second];
}

void Book::set_marketing(Payer& payer) {
  const Account& of = payer.account;
  if (of.marketing_hours.empty() && of.marketing_days.empty()) return;
  const bool by_recipient = of.marketing_zone == "recipient";
  const std::string& zone = by_recipient || of.marketing_zone.empty() ? of.time_zone : of.marketing_zone;
  payer.marketing = rules::read_time_window(of.marketing_hours, of.marketing_days, zone);
  if (!by_recipient || !payer.marketing) return;
  if (zones_ == nullptr) zones_ = std::make_unique<rules::CountryZones>();
  payer.marketing->zone = nullptr;
  payer.zones = zones_.get();
}

void Book::recognise(const Recogniser& mark, std::uint32_t payer) {
  switch (mark.kind) {
    case Recogniser::Kind::system_id: system_ids_.emplace(mark.value, payer); return;
    case Recogniser::Kind::link: links_.emplace(mark.value, payer); return;
    case Recogniser::Kind::peer:
      if (const auto network = read_network(mark.value)) peers_.push_back({*network, payer});
      return;
    case Recogniser::Kind::gt:
    case Recogniser::Kind::service_centre: break;
  }
  rules::DigitTable& table = mark.kind == Recogniser::Kind::gt ? gts_ : service_centres_;
  if (const auto packed = rules::DigitTable::pack(mark.value)) table.insert(*packed, payer);
}

const Payer* Book::payer_of(const Message& message) const {
  const Payer* payer = nullptr;
  if (message.protocol == Protocol::smpp) {
    payer = find(system_ids_, message.smpp.system_id);
    if (payer == nullptr) payer = find(message.origin.ip);
    if (payer == nullptr) payer = find(message.destination.ip);
  } else {
    payer = find(gts_, message.origin.gt);
    if (payer == nullptr) payer = find(service_centres_, message.service_centre);
  }
  if (payer == nullptr) payer = find(ids_, message.origin.account);
  return payer != nullptr ? payer : find(links_, message.link);
}

const Payer* Book::find(const ByText& texts, std::string_view text) const {
  if (text.empty()) return nullptr;
  const auto found = texts.find(text);
  return found == texts.end() ? nullptr : &payers_[found->second];
}

const Payer* Book::find(const rules::DigitTable& digits, std::string_view number) const {
  const auto found = digits.find_prefix(number, [](std::uint32_t) { return true; });
  return found ? &payers_[*found] : nullptr;
}

const Payer* Book::find(const IpAddress& address) const {
  const auto found = std::find_if(peers_.begin(), peers_.end(),
                                  [&](const Peer& peer) { return contains(peer.network, address); });
  return found == peers_.end() ? nullptr : &payers_[found->payer];
}

const PriceLine* Book::list_price(const Message& message) const {
  if (standard_ == nullptr) return nullptr;
  return standard_->find({.message = message,
                          .tariff = "list",
                          .country = recipient_country(message),
                          .currency = standard_currency_});
}

}  // namespace tollgate::charge
