#pragma once

#include <string_view>

namespace tollgate {

/// The ISO 3166 alpha-2 code of the country or territory that an E.164 number belongs to, by the longest
/// prefix: +1 and +7 are told apart by area code, islands with a range in their mother country's plan
/// (Jersey, Åland) by that range. Empty for networks of no country (+8816, +883), for unassigned prefixes,
/// and for fewer than four digits. Kosovo is XK, Ascension AC. Numbers of +1 that no other country has
/// (also free-phone) are counted as US. Static storage.
std::string_view country_of(std::string_view e164_digits);

/// The E.164 country code, without '+', of an ISO 3166 alpha-2 code in capitals; empty where there is none.
std::string_view country_code_of(std::string_view iso);

}  // namespace tollgate
