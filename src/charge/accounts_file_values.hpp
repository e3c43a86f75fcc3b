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

/// One of `account_columns`, which are its keys in YAML; what can have several values takes one more. Senders
/// are not among them.
Expected set_account(Account& account, std::string_view column, std::string_view text);
inline constexpr std::string_view account_columns[] = {"id",
                                                       "name",
                                                       "price_list",
                                                       "currency",
                                                       "payment",
                                                       "monthly_limit",
                                                       "total_limit",
                                                       "messages_per_second",
                                                       "time_zone",
                                                       "marketing.between",
                                                       "marketing.zone",
                                                       "marketing.days",
                                                       "recognised_by.system_id",
                                                       "recognised_by.peer",
                                                       "recognised_by.gt",
                                                       "recognised_by.service_centre",
                                                       "recognised_by.link",
                                                       "warn_at",
                                                       "excluded",
                                                       "labels"};
/// Whether it can have several values.
bool is_list(std::string_view account_column);
/// What an account has too little of, or what does not go together; empty where it is whole.
std::string missing(const Account& account);

/// Whether it has no control characters.
bool is_shown(std::string_view text);

/// `ACME`, `4477009*`
Expected set_sender(RegisteredSender& sender, std::string_view text);
Expected set_since(RegisteredSender& sender, std::string_view text);

/// Whether letters, digits and `.-_`, as an account's id.
bool is_id(std::string_view text);
inline constexpr std::string_view expected_id =
    "letters, digits, `.`, `-` and `_`, at most 64, as the id of an account";
/// Of ISO 4217.
bool is_currency(std::string_view text);
inline constexpr std::string_view expected_currency = "a currency of ISO 4217, such as EUR";
inline constexpr std::string_view expected_price =
    "an amount such as 0.065, of at most six places and at most 1000000";
inline constexpr std::string_view expected_money =
    "an amount such as 1250.50, of at most six places and at most 1000000000000";

/// Says of lines that are in each other's way, and of senders that stand twice.
void find_conflicts(const Declared& declared, rules::Findings& findings);
/// What a price line has too little of; empty where it is whole.
std::string missing(const PriceLine& line, bool has_amount);

}  // namespace tollgate::charge
