#include "inspect/charset.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <initializer_list>

#include <unicode/ucnv.h>

#include "decode/alphabet.hpp"

namespace tollgate::inspect {
namespace {

constexpr char16_t replacement = 0xFFFD;
constexpr unsigned escape = 0x1B;

std::uint8_t octet(std::byte b) { return std::to_integer<std::uint8_t>(b); }

// Where UTF-8 is written. All characters of these character sets have one UTF-16 unit.
char* put(char* out, char16_t character) {
  const unsigned c = character;
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<char>(0xC0U | c >> 6U);
    *out++ = static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    *out++ = static_cast<char>(0xE0U | c >> 12U);
    *out++ = static_cast<char>(0x80U | (c >> 6U & 0x3FU));
    *out++ = static_cast<char>(0x80U | (c & 0x3FU));
  }
  return out;
}

// An ICU converter, asked for one character at a time while the tables are made.
class Converter {
 public:
  explicit Converter(const char* name) {
    UErrorCode error = U_ZERO_ERROR;
    converter_ = ucnv_open(name, &error);
    if (U_FAILURE(error) != 0) converter_ = nullptr;
  }
  ~Converter() { ucnv_close(converter_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // U+FFFD where the octets are not one character of the Basic Multilingual Plane, or ICU lacks the set.
  char16_t character(std::initializer_list<unsigned> octets) {
    if (converter_ == nullptr) return replacement;
    char in[4];
    std::size_t length = 0;
    for (const unsigned value : octets) in[length++] = static_cast<char>(value);
    char16_t out[4];
    UErrorCode error = U_ZERO_ERROR;
    const std::int32_t count =
        ucnv_toUChars(converter_, out, 4, in, static_cast<std::int32_t>(length), &error);
    const bool one = U_SUCCESS(error) != 0 && count == 1 && (out[0] < 0xD800 || out[0] > 0xDFFF);
    return one ? out[0] : replacement;
  }

 private:
  UConverter* converter_ = nullptr;
};

void fill_single(char16_t (&table)[256], const char* name) {
  Converter converter(name);
  for (unsigned i = 0; i < 256; ++i) table[i] = converter.character({i});
}

void fill_double(char16_t (&table)[128][256], const char* name) {
  Converter converter(name);
  for (unsigned first = 0x80; first < 0x100; ++first)
    for (unsigned second = 0; second < 0x100; ++second)
      table[first - 0x80][second] = converter.character({first, second});
}

bool is_euc(unsigned value) { return value >= 0xA1 && value <= 0xFE; }
bool is_halfwidth_katakana(unsigned value) { return value >= 0xA1 && value <= 0xDF; }
char16_t halfwidth_katakana(unsigned value) { return static_cast<char16_t>(0xFF61 + value - 0xA1); }

// Octets that the EUC-JP character at `at` takes (code sets 0 to 3); 0 where there is none.
std::size_t euc_length(Octets text, std::size_t at) {
  const unsigned first = octet(text[at]);
  const std::size_t left = text.size() - at;
  if (first < 0x80) return 1;
  if (first == 0x8E) return left >= 2 && is_halfwidth_katakana(octet(text[at + 1])) ? 2 : 0;
  if (first == 0x8F) return left >= 3 && is_euc(octet(text[at + 1])) && is_euc(octet(text[at + 2])) ? 3 : 0;
  return is_euc(first) && left >= 2 && is_euc(octet(text[at + 1])) ? 2 : 0;
}

bool is_euc_jp(Octets text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = euc_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

// Of the two 94 x 94 planes, by octets 0x21 to 0x7E.
char16_t in_plane(const char16_t* table, unsigned row, unsigned cell) {
  if (row < 0x21 || row > 0x7E || cell < 0x21 || cell > 0x7E) return replacement;
  return table[(row - 0x21) * 94 + (cell - 0x21)];
}

char* euc_jp(Octets text, const char16_t* jis_x_0208, const char16_t* jis_x_0212, char* out) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = euc_length(text, at);
    const unsigned first = octet(text[at]);
    const unsigned second = length > 1 ? octet(text[at + 1]) & 0x7FU : 0;
    if (length == 1) out = put(out, static_cast<char16_t>(first));
    else if (length == 3) out = put(out, in_plane(jis_x_0212, second, octet(text[at + 2]) & 0x7FU));
    else if (first == 0x8E) out = put(out, halfwidth_katakana(second | 0x80U));
    else out = put(out, in_plane(jis_x_0208, first & 0x7FU, second));
    at += length;
  }
  return out;
}

// ISO-2022-JP and its -1 and -2 relatives, as far as these two planes go (RFC 1468, RFC 2237):
//   ESC ( B  ASCII    ESC ( J  JIS X 0201 Roman    ESC ( I  JIS X 0201 katakana
//   ESC $ @  JIS X 0208-1978    ESC $ B  JIS X 0208    ESC $ ( D  JIS X 0212
char* iso_2022_jp(Octets text, const char16_t* jis_x_0208, const char16_t* jis_x_0212, char* out) {
  const char16_t* plane = nullptr;  // null in a set of single octets
  bool katakana = false;
  std::size_t at = 0;
  const auto ahead = [&](std::size_t by) { return at + by < text.size() ? octet(text[at + by]) : 0U; };
  while (at < text.size()) {
    const unsigned value = ahead(0);
    if (value == escape) {
      const unsigned kind = ahead(1);
      const unsigned which = ahead(2);
      std::size_t length = 3;
      if (kind == '(' && (which == 'B' || which == 'J')) plane = nullptr, katakana = false;
      else if (kind == '(' && which == 'I') plane = nullptr, katakana = true;
      else if (kind == '$' && (which == '@' || which == 'B')) plane = jis_x_0208;
      else if (kind == '$' && which == '(' && ahead(3) == 'D') plane = jis_x_0212, length = 4;
      else out = put(out, replacement), length = 1;
      at += length;
      continue;
    }
    if (value == '\n' || value == '\r') plane = nullptr, katakana = false;  // a line begins in ASCII
    if (value >= 0x80) {
      out = put(out, replacement);
    } else if (value <= 0x20 || (plane == nullptr && !katakana)) {
      out = put(out, static_cast<char16_t>(value));
    } else if (plane == nullptr) {
      out = put(out, value <= 0x5F ? halfwidth_katakana(value | 0x80U) : replacement);
    } else {
      out = put(out, in_plane(plane, value, ahead(1)));
      if (ahead(1) > 0x20 && ahead(1) < 0x7F) ++at;
    }
    ++at;
  }
  return out;
}

// A character set of ASCII, single octets of `single` and pairs of `table`.
template <class Single>
char* double_octets(Octets text, const char16_t (&table)[128][256], Single single, char* out) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned first = octet(text[at]);
    if (first < 0x80) {
      out = put(out, static_cast<char16_t>(first));
    } else if (const char16_t alone = single(first); alone != replacement) {
      out = put(out, alone);
    } else {
      const unsigned second = at + 1 < text.size() ? octet(text[at + 1]) : 0;
      const char16_t character = table[first - 0x80][second];
      out = put(out, character);
      if (character != replacement) ++at;  // else the second octet may begin something
    }
  }
  return out;
}

std::size_t single_octets(Octets text, const char16_t (&table)[256], char* begin) {
  char* out = begin;
  for (const std::byte b : text) out = put(out, table[octet(b)]);
  return static_cast<std::size_t>(out - begin);
}

std::size_t ascii(Octets text, char* begin) {
  char* out = begin;
  for (const std::byte b : text) out = put(out, octet(b) < 0x80 ? octet(b) : replacement);
  return static_cast<std::size_t>(out - begin);
}

}  // namespace

Charsets::Charsets() {
  fill_single(cyrillic_, "ISO-8859-5");
  fill_single(hebrew_, "ISO-8859-8");
  Converter euc("euc-jp-2007");
  for (unsigned row = 0; row < 94; ++row) {
    for (unsigned cell = 0; cell < 94; ++cell) {
      jis_x_0208_[row * 94 + cell] = euc.character({row + 0xA1, cell + 0xA1});
      jis_x_0212_[row * 94 + cell] = euc.character({0x8F, row + 0xA1, cell + 0xA1});
    }
  }
  fill_double(shift_jis_, "ibm-943_P15A-2003");
  fill_double(korean_, "windows-949-2000");
}

const Charsets& charsets() {
  static const Charsets instance;
  return instance;
}

bool Charsets::reads(Coding coding) {
  switch (coding) {
    case Coding::ascii:
    case Coding::latin1:
    case Coding::latin_cyrillic:
    case Coding::latin_hebrew:
    case Coding::jis:
    case Coding::iso2022_jp:
    case Coding::euc_jp:
    case Coding::ks_c_5601:
    case Coding::pictogram: return true;
    default: return false;
  }
}

std::size_t Charsets::to_utf8(Coding coding, Octets text, std::span<char> out) const {
  assert(reads(coding) && out.size() >= bound(text.size()));
  switch (coding) {
    case Coding::ascii: return ascii(text, out.data());
    case Coding::latin1: return decode::latin1_to_utf8(text, out);
    case Coding::latin_cyrillic: return single_octets(text, cyrillic_, out.data());
    case Coding::latin_hebrew: return single_octets(text, hebrew_, out.data());
    case Coding::ks_c_5601: {
      const auto none = [](unsigned) { return replacement; };
      return static_cast<std::size_t>(double_octets(text, korean_, none, out.data()) - out.data());
    }
    default: return japanese(text, out.data());
  }
}

std::size_t Charsets::japanese(Octets text, char* out) const {
  const auto written = [out](const char* end) { return static_cast<std::size_t>(end - out); };
  if (std::find(text.begin(), text.end(), std::byte{escape}) != text.end())
    return written(iso_2022_jp(text, jis_x_0208_, jis_x_0212_, out));
  if (is_euc_jp(text)) return written(euc_jp(text, jis_x_0208_, jis_x_0212_, out));
  const auto katakana = [](unsigned value) {
    return is_halfwidth_katakana(value) ? halfwidth_katakana(value) : replacement;
  };
  return written(double_octets(text, shift_jis_, katakana, out));
}

}  // namespace tollgate::inspect
