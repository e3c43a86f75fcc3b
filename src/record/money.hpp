#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "message/judgement.hpp"

namespace tollgate::record {

/// `0.065 EUR`, of millionths: as many decimals as there are, but two at least.
std::string written_amount(std::int64_t amount, std::string_view currency);

struct MoneySum {
  std::int64_t messages = 0;
  std::int64_t amount = 0;  ///< millionths
  friend bool operator==(const MoneySum&, const MoneySum&) = default;
};

/// Sums of money, and how many messages they are of.
struct Money {
  using ByCurrency = std::map<std::string, MoneySum, std::less<>>;

  ByCurrency charged;  ///< without fees
  ByCurrency fees;
  ByCurrency leaked;          ///< at the list price, with fees
  std::int64_t repeated = 0;  ///< messages that were paid for before
  /// Messages, by why nobody pays; names are static storage.
  std::map<std::string_view, std::int64_t> refused;

  void add(const Judgement& judgement);
  friend bool operator==(const Money&, const Money&) = default;
};

/// What `after` has more than `before`, or less, below 0. What both have is there, also where it is the same.
Money difference(const Money& before, const Money& after);

/// The members of a summary: `charged`, `fees`, `charged_before`, `charge_refused` and `leaked`.
nlohmann::ordered_json to_json(const Money& money);

}  // namespace tollgate::record
