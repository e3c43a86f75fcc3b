#include "charge/charge.hpp"

namespace tollgate::charge {

std::string_view to_string(Refusal refusal) {
  static constexpr std::array<std::string_view, 12> names{
      "",
      "no_account",
      "suspended",
      "label_not_accepted",
      "sender_not_registered",
      "hour_not_allowed",
      "recipient_excluded",
      "rate_exceeded",
      "distribution_list",
      "no_price",
      "no_credit",
      "ledger_behind",
  };
  const auto place = static_cast<std::size_t>(refusal);
  return place < names.size() ? names[place] : "unknown";  // a journal's may be of a later version
}

}  // namespace tollgate::charge
