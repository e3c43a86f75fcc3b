#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/reader.hpp"

namespace tollgate::decode::sccp {

/// A global title (Q.713 3.4.2.3, and RFC 3868 3.10.2.1 in SUA). Fields that its format lacks are 0.
struct GlobalTitle {
  std::uint8_t indicator = 0;          ///< 0: there is none; 1 to 4: the formats below; 5 to 15: not defined
  std::uint8_t translation_type = 0;   ///< indicators 2, 3, 4
  std::uint8_t numbering_plan = 0;     ///< indicators 3, 4
  std::uint8_t encoding_scheme = 0;    ///< indicators 3, 4: 1 BCD odd, 2 BCD even
  std::uint8_t nature_of_address = 0;  ///< indicators 1, 4
  std::uint16_t signals = 0;           ///< number of address signals (digits)
  Octets address;                      ///< the address signals, two an octet, low half first
};

/// The longest `digits` of a global title within an SCCP party address.
inline constexpr std::size_t max_gt_digits = 2 * 254;

/// Writes the address signals as characters and gives their number, at most `out.size()`. Codes 0 to 9 are
/// digits; codes 10 to 15 are `A` to `F`: `B` is code 11, `C` code 12, `F` is ST, the end of pulsing; the
/// others are spare (Q.713 3.4.2.3.1).
std::size_t digits(const GlobalTitle& gt, std::span<char> out);

/// Names for the trace; empty where Q.713 has none.
std::string_view numbering_plan_name(std::uint64_t code);
std::string_view encoding_scheme_name(std::uint64_t code);
std::string_view nature_of_address_name(std::uint64_t code);
std::string_view gt_indicator_name(std::uint64_t indicator);
std::string_view subsystem_name(std::uint64_t ssn);

/// Reads a global title of format `indicator` up to the end of `r`'s input.
///
///      indicator 1          indicator 2          indicator 3            indicator 4
///     +-+-------------+    +---------------+    +---------------+      +---------------+
///     |O| nature      |    | translation   |    | translation   |      | translation   |
///     +-+-------------+    +---------------+    +-------+-------+      +-------+-------+
///     | address ...   |    | address ...   |    | plan  | enc.  |      | plan  | enc.  |
///     +---------------+    +---------------+    +-------+-------+      +-+-----+-------+
///                                               | address ...   |      |0| nature      |
///     O: odd number of address signals          +---------------+      +-+-------------+
///                                                                      | address ...   |
///                                                                      +---------------+
template <class R>
GlobalTitle read_global_title(R& r, std::uint8_t indicator) {
  GlobalTitle gt;
  gt.indicator = indicator;
  bool odd = false;
  bool parity_known = false;
  if (indicator == 1) {
    const std::uint8_t octet = r.u8("Odd/even indicator and nature of address indicator", hexadecimal);
    r.bits("Odd/even indicator", r.last(1), 0x80, (octet & 0x80U) != 0 ? "odd" : "even");
    r.bits("Nature of address", r.last(1), 0x7f, nature_of_address_name);
    odd = (octet & 0x80U) != 0;
    parity_known = true;
    gt.nature_of_address = octet & 0x7fU;
  } else if (indicator >= 2 && indicator <= 4) {
    gt.translation_type = r.u8("Translation type");
  }
  if (indicator == 3 || indicator == 4) {
    const std::uint8_t octet = r.u8("Numbering plan and encoding scheme", hexadecimal);
    r.bits("Numbering plan", r.last(1), 0xf0, numbering_plan_name);
    r.bits("Encoding scheme", r.last(1), 0x0f, encoding_scheme_name);
    gt.numbering_plan = octet >> 4U;
    gt.encoding_scheme = octet & 0x0fU;
    odd = gt.encoding_scheme == 1;
    parity_known = gt.encoding_scheme == 1 || gt.encoding_scheme == 2;
  }
  if (indicator == 4) {
    gt.nature_of_address = r.u8("Nature of address indicator", hexadecimal) & 0x7fU;
    r.bits("Nature of address", r.last(1), 0x7f, nature_of_address_name);
  }
  gt.address = r.take_rest();
  if (gt.address.empty()) return gt;
  // Where the format does not say whether the number of signals is odd, a last half octet of ones is filler.
  if (!parity_known) odd = std::to_integer<unsigned>(gt.address.back()) >> 4U == 15;
  gt.signals = static_cast<std::uint16_t>(gt.address.size() * 2 - (odd ? 1 : 0));
  return gt;
}

}  // namespace tollgate::decode::sccp
