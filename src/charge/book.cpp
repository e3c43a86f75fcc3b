#include "charge/book.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "charge/label.hpp"
#include "charge/name_of.hpp"
#include "message/countries.hpp"
#include "message/imsi.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {
namespace {

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
  const std::string_view sender = message.sender.address;
  const auto counts = [&](const Senders& registered, std::string_view text) {
    const auto found = registered.find(small_name_of(text, secret));
    return found != registered.end() && found->second <= message.time_ns;
  };
  if (counts(senders, sender)) return true;
  for (std::uint64_t lengths = sender_prefix_lengths; lengths != 0; lengths &= lengths - 1) {
    const auto length = static_cast<std::size_t>(std::countr_zero(lengths));
    if (length > sender.size()) break;
    if (counts(sender_prefixes, sender.substr(0, length))) return true;
  }
  return false;
}

void Payer::add_sender(const RegisteredSender& sender) {
  constexpr std::size_t most_octets_of_prefix = 63;
  const Name name = small_name_of(sender.address, secret);
  if (!sender.prefix) {
    senders.emplace(name, sender.since_ns);
  } else if (sender.address.size() <= most_octets_of_prefix) {
    std::uint64_t& since_ns = sender_prefixes.try_emplace(name, sender.since_ns).first->second;
    since_ns = std::min(since_ns, sender.since_ns);
    sender_prefix_lengths |= std::uint64_t{1} << sender.address.size();
  }
}

bool Payer::accepts_labels_of(const Message& message) const {
  return std::any_of(account.labels.begin(), account.labels.end(),
                     [&](const std::string& label) { return has_label(message, label); });
}

/// Of a message that is none of marketing, each hour is.
bool Payer::is_marketing_hour(const Message& message) const {
  if (!has_label(message, "marketing")) return true;
  if (marketing->zone != nullptr) return rules::contains(*marketing, *marketing->zone, message.time_ns);
  return rules::contains(*marketing, *zones, recipient_country(message), message.time_ns).value_or(false);
}

bool Payer::excludes_recipient_of(const Message& message) const {
  const std::string_view recipient =
      message.recipient.number.empty() ? message.recipient.address : message.recipient.number;
  const auto has_it = [&](const auto& numbers) { return numbers->contains(recipient, message.time_ns); };
  return lacks_list || std::any_of(excluded.begin(), excluded.end(), has_it);
}

const PriceLine* Payer::price(const Priced& priced) const {
  const PriceLine* const own = has_own_prices ? own_prices.find(priced) : nullptr;
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
  for (Account& account : accounts) add(std::move(account), prices, quotas, list_named);
  std::stable_sort(peers_.begin(), peers_.end(), [](const Peer& a, const Peer& b) {
    return a.network.prefix_bits > b.network.prefix_bits;
  });
}

void Book::add(Account&& account, const std::vector<PriceLine>& prices, Quotas& quotas,
               const ListNamed& list_named) {
  Payer& payer = payers_.emplace_back();
  payer.account = std::move(account);
  const Account& of = payer.account;
  payer.id = of.id;
  of.currency.copy(payer.currency_letters.data(), payer.currency_letters.size());
  payer.number = of.number;
  payer.secret = secret_;
  payer.quota = &quotas.of(of.number);
  payer.own_prices =
      PriceTable(lines_where(prices, [&](const PriceLine& line) { return line.account == of.id; }));
  payer.has_own_prices = !payer.own_prices.empty();
  for (const auto& [name, table] : lists_) {
    if (name == of.price_list) payer.list = table.get();
  }
  payer.dearest = std::max(payer.own_prices.dearest(), payer.list == nullptr ? 0 : payer.list->dearest());
  payer.has_labels = !of.labels.empty();
  payer.has_senders = !of.senders.empty();
  for (const RegisteredSender& sender : of.senders) payer.add_sender(sender);
  set_marketing(payer);
  payer.has_excluded = !of.excluded.empty();
  for (const std::string& name : of.excluded) {
    if (auto list = list_named(name)) payer.excluded.push_back(std::move(list));
    else payer.lacks_list = true;
  }
  if (of.messages_per_second != 0) payer.interval_ns = 1'000'000'000 / of.messages_per_second;
  numbers_.emplace(of.number, &payer);
  ids_.emplace(name_of(of.id, secret_), &payer);
  for (const Recogniser& mark : of.recognised_by) recognise(mark);
}

const Payer* Book::payer(std::uint32_t number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : found->second;
}

void Book::set_marketing(Payer& payer) {
  const Account& of = payer.account;
  if (of.marketing_hours.empty() && of.marketing_days.empty()) return;
  const bool by_recipient = of.marketing_zone == "recipient";
  const std::string& zone = by_recipient || of.marketing_zone.empty() ? of.time_zone : of.marketing_zone;
  payer.marketing = rules::read_time_window(of.marketing_hours, of.marketing_days, zone);
  payer.has_marketing = payer.marketing.has_value();
  if (!by_recipient || !payer.marketing) return;
  if (zones_ == nullptr) zones_ = std::make_unique<rules::CountryZones>();
  payer.marketing->zone = nullptr;
  payer.zones = zones_.get();
}

/// What has the mark is of the account that was added last.
void Book::recognise(const Recogniser& mark) {
  const Payer* const payer = &payers_.back();
  switch (mark.kind) {
    case Recogniser::Kind::system_id: system_ids_.emplace(name_of(mark.value, secret_), payer); return;
    case Recogniser::Kind::link: links_.emplace(name_of(mark.value, secret_), payer); return;
    case Recogniser::Kind::peer:
      if (const auto network = read_network(mark.value)) peers_.push_back({*network, payer});
      return;
    case Recogniser::Kind::gt:
    case Recogniser::Kind::service_centre: break;
  }
  rules::DigitTable& table = mark.kind == Recogniser::Kind::gt ? gts_ : service_centres_;
  if (const auto packed = rules::DigitTable::pack(mark.value))
    table.insert(*packed, static_cast<std::uint32_t>(payers_.size() - 1));
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

const Payer* Book::find(const ByName& names, std::string_view text) const {
  if (text.empty()) return nullptr;
  const auto found = names.find(name_of(text, secret_));
  return found == names.end() ? nullptr : found->second;
}

const Payer* Book::find(const rules::DigitTable& digits, std::string_view number) const {
  const auto found = digits.find_prefix(number, [](std::uint32_t) { return true; });
  return found ? &payers_[*found] : nullptr;
}

const Payer* Book::find(const IpAddress& address) const {
  const auto found = std::find_if(peers_.begin(), peers_.end(),
                                  [&](const Peer& peer) { return contains(peer.network, address); });
  return found == peers_.end() ? nullptr : found->payer;
}

const PriceLine* Book::list_price(const Message& message) const {
  if (standard_ == nullptr) return nullptr;
  return standard_->find({.message = message,
                          .tariff = "list",
                          .country = recipient_country(message),
                          .currency = standard_currency_});
}

}  // namespace tollgate::charge
