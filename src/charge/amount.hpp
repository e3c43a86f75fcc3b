#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::charge {

/// Millionths of a currency's unit.
using Amount = std::int64_t;
inline constexpr Amount unit = 1'000'000;
inline constexpr std::size_t amount_places = 6;
/// What one price or fee may be, and what one credit, payment or limit: sums of very many stay in 64 bits.
inline constexpr Amount most_price = 1'000'000 * unit;
inline constexpr Amount most_money = 1'000'000'000'000 * unit;

/// The code of ISO 4217 where no currency is involved.
inline constexpr std::string_view no_currency = "XXX";

/// In units: `0.065`, with as many places as it needs, of which `least_places` (0 to 6) stand always.
std::string write_amount(Amount amount, std::size_t least_places = 2);

}  // namespace tollgate::charge
