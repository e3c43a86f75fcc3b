#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate::decode {

/// What a header length of four bits, in words of 32 bits, comes to: IPv4's IHL, TCP's Data Offset.
constexpr std::string_view header_words_name(std::uint64_t words) {
  constexpr std::string_view names[] = {
      "0 octets",  "4 octets",  "8 octets",  "12 octets", "16 octets", "20 octets", "24 octets", "28 octets",
      "32 octets", "36 octets", "40 octets", "44 octets", "48 octets", "52 octets", "56 octets", "60 octets"};
  return names[words & 15U];
}

}  // namespace tollgate::decode
