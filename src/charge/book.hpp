#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_map.h>

#include "charge/account.hpp"
#include "charge/ledger.hpp"
#include "charge/name.hpp"
#include "charge/price_table.hpp"
#include "charge/quotas.hpp"
#include "message/message.hpp"
#include "message/network.hpp"
#include "rules/digit_table.hpp"
#include "rules/list.hpp"
#include "rules/time_window.hpp"

namespace tollgate::charge {

/// The recipient's country, by its number, else by its IMSI; empty where neither tells.
std::string_view recipient_country(const Message& message);

/// An account as the packet path asks it. What is asked for every message stands in its first two lines of
/// the cache; the rest is asked where the first one says so.
struct alignas(64) Payer {
  using Senders = NameTable<std::uint64_t>;

  Payer() = default;
  Payer(const Payer&) = delete;  // some members are views of others
  Payer& operator=(const Payer&) = delete;

  Quota* quota = nullptr;
  const PriceTable* list = nullptr;  ///< null where its list has no line
  std::string_view id;               ///< of `account`
  std::uint32_t number = 0;
  std::array<char, 3> currency_letters{};
  bool has_labels : 1 = false;      ///< it sends messages with some labels only
  bool has_senders : 1 = false;     ///< it sends by registered senders only
  bool has_marketing : 1 = false;   ///< it has hours for marketing
  bool has_excluded : 1 = false;    ///< it does not send to all recipients
  bool has_own_prices : 1 = false;  ///< these come before those of its list
  std::uint64_t interval_ns = 0;    ///< between two messages; 0: none

  std::string_view currency() const { return {currency_letters.data(), currency_letters.size()}; }

  Senders senders;                          ///< in small letters, to when they begin to count
  std::uint64_t sender_prefix_lengths = 0;  ///< bit n: there is one of n letters
  std::span<const std::uint64_t> secret;    ///< the book's

  Senders sender_prefixes;                     ///< as `senders`
  std::optional<rules::TimeWindow> marketing;  ///< absent: at any hour
  const rules::CountryZones* zones = nullptr;  ///< where that goes by the recipient's clocks
  std::vector<std::shared_ptr<const rules::List>> excluded;
  bool lacks_list = false;  ///< one of those is not there: then any recipient may be on it
  PriceTable own_prices;
  Amount dearest = 0;  ///< what one part or message costs at most, with fees
  Account account;

  /// Registers one. Prefixes of 64 octets and more are left out: no sender is as long.
  void add_sender(const RegisteredSender& sender);
  /// Whether the sender of the message is registered. Of an account without any, none is.
  bool has_registered(const Message& message) const;
  /// The first reason not to take the message, of those that lie in the account's data; `none` where there is
  /// none.
  Refusal refuses(const Message& message, bool registered) const;
  /// What the message costs; null where no line says so.
  const PriceLine* price(const Priced& priced) const;

 private:
  bool accepts_labels_of(const Message& message) const;
  bool is_marketing_hour(const Message& message) const;
  bool excludes_recipient_of(const Message& message) const;
};

inline Refusal Payer::refuses(const Message& message, bool registered) const {
  if (quota->suspended.load(std::memory_order_relaxed)) return Refusal::suspended;
  if (has_labels && !accepts_labels_of(message)) return Refusal::label_not_accepted;
  if (has_senders && !registered) return Refusal::sender_not_registered;
  if (has_marketing && !is_marketing_hour(message)) return Refusal::hour_not_allowed;
  if (has_excluded && excludes_recipient_of(message)) return Refusal::recipient_excluded;
  return Refusal::none;
}

/// Who pays what: accounts and prices, ready to be asked. Never changes; shared by all workers.
class Book {
 public:
  Book(const Book&) = delete;  // accounts point to what is in it
  Book& operator=(const Book&) = delete;
  /// Gives the list that accounts call `name`, null where there is none.
  using ListNamed = std::function<std::shared_ptr<const rules::List>(const std::string& name)>;

  /// `quotas` must outlive it. Accounts with numbers beyond those of `quotas` are left out.
  Book(Ledger::InForce ledger, Quotas& quotas, const ListNamed& list_named);

  /// Whose the message is: of SMPP the bind's system_id, else the address of either end; of MAP the longest
  /// prefix of the calling global title, else of the service centre; else who `origin.account` names; else
  /// the link. Null where it is nobody's.
  const Payer* payer_of(const Message& message) const;

  /// The account of that number in the ledger; null where there is none.
  const Payer* payer(std::uint32_t number) const;

  /// What a message that nobody pays for should have cost: the tariff `list` in the list of prices
  /// `standard`, in the currency of that list's first line. Null where no line says so.
  const PriceLine* list_price(const Message& message) const;

  const std::deque<Payer>& payers() const { return payers_; }

  /// The ledger's secret, as long as a keyed hash wants it.
  std::span<const std::uint64_t> secret() const { return secret_; }

 private:
  struct Peer {
    Network network;
    const Payer* payer = nullptr;
  };
  using ByName = NameTable<const Payer*>;

  void add(Account&& account, const std::vector<PriceLine>& prices, Quotas& quotas,
           const ListNamed& list_named);
  void set_marketing(Payer& payer);
  void recognise(const Recogniser& mark);
  const Payer* find(const ByName& names, std::string_view text) const;
  const Payer* find(const rules::DigitTable& digits, std::string_view number) const;
  const Payer* find(const IpAddress& address) const;

  std::array<std::uint64_t, 24> secret_;
  std::unique_ptr<rules::CountryZones> zones_;  ///< null where nobody needs them
  std::deque<Payer> payers_;
  absl::flat_hash_map<std::uint32_t, const Payer*> numbers_;
  std::vector<std::pair<std::string, std::unique_ptr<PriceTable>>> lists_;
  const PriceTable* standard_ = nullptr;
  std::string standard_currency_;
  ByName ids_, system_ids_, links_;
  std::vector<Peer> peers_;  ///< the longest prefixes first
  rules::DigitTable gts_, service_centres_;
};

}  // namespace tollgate::charge
