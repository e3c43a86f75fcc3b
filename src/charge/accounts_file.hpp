#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "charge/account.hpp"
#include "rules/finding.hpp"

namespace tollgate::charge {

/// What files say of accounts and prices. Accounts, lists of prices and accounts' own prices that they do not
/// name stay as they are; of what they name, they say all.
struct Declared {
  struct OneAccount {
    Account account;  ///< without number, status and senders
    rules::Place place;
  };
  struct Senders {
    std::string account;  ///< its id
    std::vector<RegisteredSender> senders;
    rules::Place place;
  };
  struct OnePrice {
    PriceLine
        line;  ///< without number; `from_ns` 0: from now on, or always where there was no such line before
    rules::Place place;
  };
  std::vector<OneAccount> accounts;
  std::vector<Senders> senders;  ///< of accounts whose senders are given
  std::vector<OnePrice> prices;
};

/// Reads YAML with the keys `accounts` and `prices`. Nothing where there is an error; `name` is what findings
/// call it.
std::optional<Declared> read_accounts(std::string_view yaml, const std::string& name,
                                      rules::Findings& findings);

/// Reads CSV: accounts, prices or registered senders, by the names in its first line. Accounts have their
/// keys in YAML (`recognised_by.system_id`, `marketing.between`), several values of one with `;` between
/// them. `list,account,tariff,country,prefix,sender_type,label,route,from,until,per,amount,currency` and
/// `fee:NAME` columns; `account,address,since`. Columns can be left out and stand in any order.
std::optional<Declared> read_accounts_csv(std::string_view csv, const std::string& name,
                                          rules::Findings& findings);

/// The whole of `text`, a decimal such as `0.065`, in millionths; nothing where it is none, is negative, has
/// more than six places or is more than `most`.
std::optional<Amount> read_amount(std::string_view text, Amount most);

/// `2026-12-01` or `2026-12-01T08:00:00`, in UTC, or with `Z` or `+01:00` after it, in nanoseconds since
/// 1970.
std::optional<std::uint64_t> read_time(std::string_view text);

}  // namespace tollgate::charge
