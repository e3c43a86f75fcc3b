#include "charge/amount.hpp"

#include <fmt/format.h>

namespace tollgate::charge {

std::string write_amount(Amount amount, std::size_t least_places) {
  const bool negative = amount < 0;
  // The least amount has no positive counterpart in its type.
  const auto size = negative ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
  constexpr auto whole = static_cast<std::uint64_t>(unit);
  std::string text = fmt::format("{}{}.{:06}", negative ? "-" : "", size / whole, size % whole);
  for (std::size_t places = amount_places; places > least_places && text.back() == '0'; --places)
    text.pop_back();
  return text;
}

}  // namespace tollgate::charge
