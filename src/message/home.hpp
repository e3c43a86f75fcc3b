#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tollgate {

/// The own network: what turns numbers as sent into E.164 numbers.
struct Home {
  std::string country;       ///< ISO 3166 alpha-2; empty where not configured
  std::string country_code;  ///< E.164 digits of that country; empty where not configured
  std::string international_prefix = "00";
  std::string national_prefix = "0";
  std::vector<std::string> gt;    ///< global-title prefixes
  std::vector<std::string> imsi;  ///< IMSI prefixes
  std::uint8_t short_code_min_digits = 3;
  std::uint8_t short_code_max_digits = 6;
  std::string time_zone = "UTC";
};

}  // namespace tollgate
