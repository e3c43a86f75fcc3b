#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/octets.hpp"

// Text of short messages to UTF-8 (TS 23.038). Every function gives the number of characters (UTF-8 octets)
// that it wrote. What it writes is always valid UTF-8 and never goes past `out`: when the room is too small
// the text ends at the last character that fits. The `_bound` of a function is room enough for any input.

namespace tollgate::decode {

/// National Language Identifiers from the user data header (TS 23.040 9.2.3.24.15 and .16); 0: default.
struct NationalLanguage {
  std::uint8_t locking = 0;
  std::uint8_t single_shift = 0;

  friend bool operator==(const NationalLanguage&, const NationalLanguage&) = default;
};

/// Octets that `septets` packed septets take.
constexpr std::size_t packed_octets(std::size_t septets) { return (septets * 7 + 7) / 8; }
/// Septets that a header of `octets` takes with its fill bits: the text begins at this septet.
constexpr std::size_t header_septets(std::size_t octets) { return (octets * 8 + 6) / 7; }

constexpr std::size_t gsm7_bound(std::size_t septets) { return septets * 3; }
constexpr std::size_t ucs2_bound(std::size_t octets) { return (octets + 1) / 2 * 3; }
constexpr std::size_t latin1_bound(std::size_t octets) { return octets * 2; }

/// Reads `count` septets of `packed`, from septet number `first` on (6.1.2.1): with a user data header in
/// front, `packed` begins at the header and `first` is `header_septets`. Fewer are read where `packed` is
/// shorter. An escape takes the next septet from the single shift table; where nothing is represented there,
/// from the locking table (6.2.1.1). An escape at the very end is shown as a space.
/// A carriage return in the last septet is text: only USSD pads with it (6.1.2.3.1).
std::size_t gsm7_packed_to_utf8(Octets packed, std::size_t first, std::size_t count,
                                NationalLanguage language, std::span<char> out);

/// One septet an octet, as SMPP carries it. An octet above 0x7F becomes U+FFFD.
std::size_t gsm7_unpacked_to_utf8(Octets septets, NationalLanguage language, std::span<char> out);

/// The septets that `gsm7_packed_to_utf8` reads, one an octet. `out` has room for `count`. Gives their
/// number.
std::size_t gsm7_unpack(Octets packed, std::size_t first, std::size_t count, std::span<std::byte> out);

/// UCS2 read as UTF-16BE. A surrogate without its other half and an odd last octet become U+FFFD.
std::size_t ucs2_to_utf8(Octets octets, std::span<char> out);

/// ISO-8859-1.
std::size_t latin1_to_utf8(Octets octets, std::span<char> out);

}  // namespace tollgate::decode
