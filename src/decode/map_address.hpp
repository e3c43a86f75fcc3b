#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "decode/ber.hpp"
#include "decode/octets.hpp"
#include "decode/trace.hpp"

// Numbers as MAP writes them, TS 29.002 17.7.8.
//
//     AddressString  | 8 | 7 6 5 | 4 3 2 1 |     TBCD-STRING  | 8 7 6 5 | 4 3 2 1 |
//                    +---+-------+---------+                  +---------+---------+
//                    | 1 | nature| plan    |                  | digit 2 | digit 1 |
//                    +---+-------+---------+                  | digit 4 | digit 3 |
//                    | TBCD-STRING         |                  | 1111    | digit 5 |
namespace tollgate::decode::map {

/// The parts of an AddressString or ISDN-AddressString; `digits` is a TBCD-STRING, for `to_digits`.
struct AddressString {
  std::uint8_t nature = 0;  ///< nature of address, 0..7: the values of NumberType's first seven
  std::uint8_t plan = 0;    ///< numbering plan, 0..15
  Octets digits;
};

/// Of the contents of an AddressString; all empty where these are.
AddressString read_address(Octets contents);

/// The digits of a TBCD-STRING, `0`-`9`, `*`, `#`, `a`, `b`, `c`, up to the first filler, written to `out`;
/// as many as fit. Twice as many characters as octets hold all.
std::string_view to_digits(Octets tbcd, std::span<char> out);

/// Names of TS 29.002 17.7.8; empty for values that it does not define.
std::string_view nature_name(std::uint8_t nature);
std::string_view plan_name(std::uint8_t plan);

/// Shows an element that is an AddressString.
void show_address(Trace& trace, std::string_view name, const ber::Tlv& tlv);

}  // namespace tollgate::decode::map
