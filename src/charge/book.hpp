#pragma once

#include <array>
#include <cstdint>
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

/// An account as the packet path asks it.
struct Payer {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Senders = absl::flat_hash_map<std::string, std::uint64_t, Hash, std::equal_to<>>;

  Account account;
  Quota* quota = nullptr;
  PriceTable own_prices;
  const PriceTable* list = nullptr;            ///< null where its list has no line
  Senders senders;                             ///< in small letters, to when they begin to count
  Senders sender_prefixes;                     ///< likewise
  std::uint64_t sender_prefix_lengths = 0;     ///< bit n: there is one of n letters
  std::optional<rules::TimeWindow> marketing;  ///< absent: at any hour
  const rules::CountryZones* zones = nullptr;  ///< where that goes by the recipient's clocks
  std::vector<std::shared_ptr<const rules::List>> excluded;
  bool lacks_list = false;        ///< one of those is not there: then any recipient may be on it
  std::uint64_t interval_ns = 0;  ///< between two messages; 0: none
  Amount dearest = 0;             ///< what one part or message costs at most, with fees

  /// `prefix` has fewer than 64 letters, which are small.
  void add_sender_prefix(const std::string& prefix, std::uint64_t since_ns);
  /// Whether the sender of the message is registered. Of an account without any, none is.
  bool has_registered(const Message& message) const;
  /// The first reason not to take the message, of those that lie in the account's data; `none` where there is
  /// none.
  Refusal refuses(const Message& message, bool registered) const;
  bool is_marketing_hour(const Message& message) const;
  /// What the message costs; null where no line says so.
  const PriceLine* price(const Priced& priced) const;
};

/// Who pays what: accounts and prices, ready to be asked. Never changes; shared by all workers.
class Book {
 public:
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

  const std::vector<Payer>& payers() const { return payers_; }

  /// The ledger's secret, as long as a keyed hash wants it.
  std::span<const std::uint64_t> secret() const { return secret_; }

 private:
  struct Peer {
    Network network;
    std::uint32_t payer = 0;
  };
  using ByText = absl::flat_hash_map<std::string, std::uint32_t, Payer::Hash, std::equal_to<>>;

  void set_marketing(Payer& payer);
  void recognise(const Recogniser& mark, std::uint32_t payer);
  const Payer* find(const ByText& texts, std::string_view text) const;
  const Payer* find(const rules::DigitTable& digits, std::string_view number) const;
  const Payer* find(const IpAddress& address) const;

  std::array<std::uint64_t, 24> secret_;
  std::unique_ptr<rules::CountryZones> zones_;  ///< null where nobody needs them
  std::vector<Payer> payers_;
  absl::flat_hash_map<std::uint32_t, std::uint32_t> numbers_;
  std::vector<std::pair<std::string, std::unique_ptr<PriceTable>>> lists_;
  const PriceTable* standard_ = nullptr;
  std::string standard_currency_;
  ByText ids_, system_ids_, links_;
  std::vector<Peer> peers_;  ///< the longest prefixes first
  rules::DigitTable gts_, service_centres_;
};

}  // namespace tollgate::charge
