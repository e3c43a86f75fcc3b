#pragma once

#include <string_view>

namespace tollgate {

/// The ISO 3166 alpha-2 code of the country or territory whose network gave out an IMSI, by its mobile
/// country code (ITU-T E.212); within the codes of the United Kingdom and Israel, Jersey, Guernsey, the Isle
/// of Man and Palestine by their networks' codes. Codes that territories share give one of them: GP for the
/// French Antilles, RE for Réunion and Mayotte, BQ for the former Netherlands Antilles; Kosovo is XK. Empty
/// for networks of no country (901), unassigned codes, and for fewer than three digits. Static storage.
std::string_view country_of_imsi(std::string_view digits);

}  // namespace tollgate
