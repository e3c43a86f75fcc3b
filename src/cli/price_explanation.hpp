#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "charge/account.hpp"
#include "engine/payments.hpp"
#include "message/message.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::cli {

/// Who pays for a message, what, and why, or why not; kept for `explain` to show.
struct PriceExplanation {
  /// What one recipient costs.
  struct Price {
    std::string recipient;  ///< of a submit_multi; else empty
    std::optional<charge::PriceLine> line;
  };

  std::string account;  ///< its id; empty where nobody is known
  std::string account_name;
  std::string tariff;         ///< that the policy names; empty where it charges nothing
  std::vector<Price> prices;  ///< by that tariff; of a refused charge as well
  std::string_view refused;   ///< why nobody pays
  bool charged = false;
  bool repeated = false;     ///< it was paid for before
  bool is_of_whole = false;  ///< charged nothing, since another part paid for all
  std::int64_t amount = 0;
  std::int64_t fees = 0;
  std::string currency;
  std::int64_t leaked = 0;
  std::optional<charge::PriceLine> list_price;  ///< by which it leaked
};

/// Of the message that `payments` has just settled; nothing where it was neither charged nor refused, nor
/// leaked.
std::optional<PriceExplanation> price_explanation_of(Message& message, engine::Payments& payments,
                                                     const rules::Ruleset& ruleset);

/// Lines below a heading, for a person.
std::string to_text(const PriceExplanation& explanation);

/// Adds to the event what it does not have yet.
void add_to(nlohmann::ordered_json& event, const PriceExplanation& explanation);

}  // namespace tollgate::cli
