#pragma once

#include <cstddef>
#include <span>

#include "decode/octets.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// Text in the character sets of SMPP's data_coding (SMPP 3.4 5.2.19) that TS 23.038 does not have, to UTF-8.
///
/// The table names character sets: 5 is JIS X 0208-1990, 9 a pictogram encoding, 10 ISO-2022-JP (music
/// codes), 13 JIS X 0212-1990 (extended Kanji). Of the Japanese ones but 10 it does not say how they are
/// written as octets, and senders differ. So jis, iso2022_jp, euc_jp and pictogram are all read by what the
/// octets are: with an escape as ISO-2022-JP, without an octet above 0x7F as ASCII, as EUC-JP where the whole
/// text is valid as such, else as Shift_JIS with its extensions. ks_c_5601 is EUC-KR with the extensions of
/// code page 949.
///
/// The tables are made once, from ICU, by the first call of `charsets`; `to_utf8` calls nothing.
class Charsets {
 public:
  Charsets();

  /// Room that any text of `octets` octets fits in.
  static constexpr std::size_t bound(std::size_t octets) { return octets * 3; }

  /// Whether `to_utf8` reads it: ascii, latin1, latin_cyrillic, latin_hebrew and those above.
  static bool reads(Coding coding);

  /// Gives the number of UTF-8 octets written, always valid. What a character set does not define becomes
  /// U+FFFD. Preconditions: reads(coding), and `out` has bound(text.size()).
  std::size_t to_utf8(Coding coding, Octets text, std::span<char> out) const;

 private:
  std::size_t japanese(Octets text, char* out) const;

  static constexpr std::size_t plane = 94 * 94;
  char16_t cyrillic_[256];
  char16_t hebrew_[256];
  char16_t jis_x_0208_[plane];    ///< [row - 0x21][cell - 0x21]
  char16_t jis_x_0212_[plane];    ///< the same
  char16_t shift_jis_[128][256];  ///< [first octet - 0x80][second octet]
  char16_t korean_[128][256];     ///< the same
};

/// The one instance, never changed. Its first call, which takes milliseconds and allocates, belongs to the
/// start of the program.
const Charsets& charsets();

}  // namespace tollgate::inspect
