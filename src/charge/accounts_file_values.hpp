#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charge/accounts_file.hpp"

namespace tollgate::charge {

/// The values of accounts and prices, the same in YAML and CSV. What takes a text gives what was expected
/// where it cannot be taken, else nothing.
using Expected = std::string;

/// One of the columns of `price_columns`.
Expected set_price(PriceLine& line, std::string_view column, std::string_view text);
Expected set_fee(PriceLine& line, const std::string& name, std::string_view text);
inline constexpr std::string_view price_columns[] = {"list",        "account", "tariff",  "country", "prefix",
                                                     "sender_type", "label",   "route",   "from",    "until",
                                                     "per",         "amount",  "currency"};

/// `ACME`, `4477009*`
Expected set_sender(RegisteredSender& sender, std::string_view text);
Expected set_since(RegisteredSender& sender, std::string_view text);
Expected set_mark(Recogniser& mark, std::string_view text);

/// Whether letters, digits and `.-_`, as an account's id.
bool is_id(std::string_view text);
inline constexpr std::string_view expected_id =
    "letters, digits, `.`, `-` and `_`, at most 64, as the id of an account";
/// Of ISO 4217.
bool is_currency(std::string_view text);
inline constexpr std::string_view expected_currency = "a currency of ISO 4217, such as EUR";
inline constexpr std::string_view expected_amount = "an amount such as 0.065, of at most six places";

/// Says of lines that are in each other's way, and of senders that stand twice.
void find_conflicts(const Declared& declared, rules::Findings& findings);
/// What a price line has too little of; empty where it is whole.
std::string missing(const PriceLine& line, bool has_amount);

}  // namespace tollgate::charge
