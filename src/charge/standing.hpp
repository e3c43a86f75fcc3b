#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "charge/account.hpp"
#include "charge/ledger_store.hpp"

namespace tollgate::charge {

/// What an account has, and what happened last.
struct Standing {
  struct Reserved {
    std::string appliance;
    Amount amount = 0;
  };
  struct Movement {
    std::int64_t number = 0;
    std::uint64_t time_ns = 0;
    std::string kind;
    Amount amount = 0;
    std::string reference;
    std::string made_by;
  };
  Amount credit = 0;
  std::vector<Reserved> reserved;
  Amount used_this_month = 0;
  std::vector<Movement> movements;  ///< the last ones, but for reservations

  Amount balance() const {
    Amount sum = credit;
    for (const Reserved& one : reserved) sum += one.amount;
    return sum;
  }
};

/// The month that it is at `time_ns` by the account's clocks, as 2026-11.
std::string month_of(const Account& account, std::uint64_t time_ns);
/// The day, as 2026-11-23.
std::string day_of(const Account& account, std::uint64_t time_ns);

/// As the ledger has it now, with the last `most_movements`.
Standing standing_of(LedgerStore& ledger, const Account& account, std::uint64_t now_ns,
                     std::int64_t most_movements = 0);

std::string_view name_of(Recogniser::Kind kind);
std::string_view name_of(Payment payment);

/// For programs, amounts in millionths: what it has; with its terms and movements.
nlohmann::ordered_json summary_json(const Account& account, const Standing& standing);
nlohmann::ordered_json details_json(const Account& account, const Standing& standing);

}  // namespace tollgate::charge
