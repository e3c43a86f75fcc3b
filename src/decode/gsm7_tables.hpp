#pragma once

#include <array>
#include <cstdint>

namespace tollgate::decode {

/// A character as UTF-8. Length 0 in a single shift table: nothing is represented at this place.
struct Utf8Char {
  char octets[3];
  std::uint8_t length;
};
using Gsm7Table = std::array<Utf8Char, 128>;  ///< by septet

/// The locking shift table of a National Language Identifier (TS 23.038 A.3). Identifiers without one (0,
/// Spanish, reserved values) give the GSM 7 bit default alphabet, as 6.2.1.2.5 says.
const Gsm7Table& gsm7_locking_table(std::uint8_t language);

/// The single shift table (A.2); 0 and reserved identifiers give the default extension table (6.2.1.1).
const Gsm7Table& gsm7_single_shift_table(std::uint8_t language);

}  // namespace tollgate::decode
