#include "charge/charge.hpp"

namespace tollgate::charge {
namespace {

struct Named {
  std::string_view name;
  std::string_view meaning;
};
/// By the refusal.
constexpr std::array<Named, 12> refusals{{
    {"", ""},
    {"no_account", "Nobody is known who pays for what comes from there."},
    {"suspended", "The account is suspended, by a person or at a limit."},
    {"label_not_accepted", "The account pays for other kinds of messages: this one has none of its labels."},
    {"sender_not_registered", "The account has no such sender, or does not have it yet."},
    {"hour_not_allowed", "The account may send no marketing at that hour."},
    {"recipient_excluded",
     "The recipient is on a list that the account must not write to, or the list is not there."},
    {"rate_exceeded", "The account sends more messages a second than it may."},
    {"distribution_list", "The message goes to a distribution list, and nobody knows how many that are."},
    {"no_price", "No price line of the account, or of its list, applies: a missing price is not zero."},
    {"no_credit", "The account's prepaid credit, or a limit of it, does not suffice."},
    {"ledger_behind", "What is spent cannot be written down at present."},
}};

}  // namespace

std::string_view to_string(Refusal refusal) {
  const auto place = static_cast<std::size_t>(refusal);
  return place < refusals.size() ? refusals[place].name : "unknown";  // a journal's may be of a later version
}

std::string_view meaning_of_refusal(std::string_view name) {
  for (const Named& refusal : refusals) {
    if (refusal.name == name) return refusal.meaning;
  }
  return {};
}

}  // namespace tollgate::charge
