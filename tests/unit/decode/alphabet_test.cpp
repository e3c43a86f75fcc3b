#include "decode/alphabet.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "decode/gsm7_tables.hpp"
#include "support/hex.hpp"

namespace tollgate::decode {
namespace {

using test::hex;

constexpr std::uint8_t languages = 14;

std::string packed(Octets octets, std::size_t first, std::size_t count, NationalLanguage language = {}) {
  std::string out(gsm7_bound(count), '?');
  out.resize(gsm7_packed_to_utf8(octets, first, count, language, out));
  return out;
}

std::string unpacked(Octets octets, NationalLanguage language = {}) {
  std::string out(gsm7_bound(octets.size()), '?');
  out.resize(gsm7_unpacked_to_utf8(octets, language, out));
  return out;
}

std::string ucs2(Octets octets) {
  std::string out(ucs2_bound(octets.size()), '?');
  out.resize(ucs2_to_utf8(octets, out));
  return out;
}

/// Bit by bit, as TS 23.038 6.1.2.1.1 draws it; the bits before septet `first` are ones, to be skipped.
std::vector<std::byte> pack(const std::vector<std::byte>& septets, std::size_t first) {
  std::vector<std::byte> octets(((first + septets.size()) * 7 + 7) / 8);
  const auto set = [&](std::size_t bit) { octets[bit / 8] |= std::byte{1} << (bit % 8); };
  for (std::size_t bit = 0; bit < first * 7; ++bit) set(bit);
  for (std::size_t i = 0; i < septets.size(); ++i) {
    for (std::size_t bit = 0; bit < 7; ++bit) {
      if ((septets[i] >> bit & std::byte{1}) != std::byte{0}) set((first + i) * 7 + bit);
    }
  }
  return octets;
}

/// As ICU reads UTF-8; nothing where it is not valid.
std::optional<std::u16string> from_utf8(std::string_view text) {
  std::u16string units(text.size() + 1, u'\0');
  std::int32_t length = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(units.data(), static_cast<std::int32_t>(units.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;
  units.resize(static_cast<std::size_t>(length));
  return units;
}

bool is_utf8(std::string_view text) { return from_utf8(text).has_value(); }

char32_t point(const Utf8Char& c) {
  const auto units = from_utf8({c.octets, c.length});
  EXPECT_TRUE(units && units->size() == 1);
  return units && units->size() == 1 ? units->front() : 0;
}

std::string one(unsigned septet, NationalLanguage language = {}) {
  return unpacked(std::vector{static_cast<std::byte>(septet)}, language);
}
std::string shifted(unsigned septet, NationalLanguage language = {}) {
  return unpacked(std::vector{std::byte{0x1B}, static_cast<std::byte>(septet)}, language);
}

// TS 23.038 6.2.1, table by table row: the first column, then places that others confuse.
TEST(Gsm7, reads_the_default_alphabet) {
  EXPECT_EQ(unpacked(hex("000102030405060708090a0b0c0d0e0f")), "@£$¥èéùìòÇ\nØø\rÅå");
  EXPECT_EQ(unpacked(hex("101112131415161718191a1c1d1e1f")), "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ");
  EXPECT_EQ(unpacked(hex("202122232425262728292a2b2c2d2e2f")), " !\"#¤%&'()*+,-./");
  EXPECT_EQ(unpacked(hex("303132333435363738393a3b3c3d3e3f")), "0123456789:;<=>?");
  EXPECT_EQ(unpacked(hex("404142434445464748494a4b4c4d4e4f")), "¡ABCDEFGHIJKLMNO");
  EXPECT_EQ(unpacked(hex("505152535455565758595a5b5c5d5e5f")), "PQRSTUVWXYZÄÖÑÜ§");
  EXPECT_EQ(unpacked(hex("606162636465666768696a6b6c6d6e6f")), "¿abcdefghijklmno");
  EXPECT_EQ(unpacked(hex("707172737475767778797a7b7c7d7e7f")), "pqrstuvwxyzäöñüà");
}

// 6.2.1.1
TEST(Gsm7, reads_the_default_extension) {
  EXPECT_EQ(unpacked(hex("1b0a 1b14 1b28 1b29 1b2f 1b3c 1b3d 1b3e 1b40 1b65")), "\f^{}\\[~]|€");
}

TEST(Gsm7, an_escape_to_nothing_gives_the_character_of_the_main_table) {
  EXPECT_EQ(shifted('A'), "A");
  EXPECT_EQ(shifted(0x0D), "\r");
  EXPECT_EQ(shifted(0x00), "@");
  EXPECT_EQ(shifted(0x04, {.locking = 1, .single_shift = 0}), "€");  // of the locking table
}

TEST(Gsm7, an_escape_to_another_table_and_one_at_the_end_are_spaces) {
  EXPECT_EQ(unpacked(hex("41 1b1b 42")), "A B");
  EXPECT_EQ(unpacked(hex("41 1b")), "A ");
  EXPECT_EQ(packed(pack(hex("41 1b"), 0), 0, 2), "A ");
}

TEST(Gsm7, an_escape_across_eight_septets_is_remembered) {
  EXPECT_EQ(packed(pack(hex("31323334353637 1b 65 38"), 0), 0, 10), "1234567€8");
  EXPECT_EQ(unpacked(hex("31323334353637 1b 65 38")), "1234567€8");
}

// Only USSD pads with a carriage return (6.1.2.3.1); a TP-UD of 8n septets may well end in one.
TEST(Gsm7, a_carriage_return_at_the_end_is_text) {
  EXPECT_EQ(packed(pack(hex("41414141414141 0d"), 0), 0, 8), "AAAAAAA\r");
}

TEST(Gsm7, a_count_beyond_the_octets_reads_what_is_there) {
  EXPECT_EQ(packed(hex("e8329bfd06"), 0, 200), "hello");
  EXPECT_EQ(packed(hex("e8329bfd06"), 5, 1), "");
  EXPECT_EQ(packed(hex("e8329bfd06"), 60, 1), "");
  EXPECT_EQ(packed({}, 0, 8), "");
}

TEST(Gsm7, an_octet_above_7f_is_no_septet) {
  EXPECT_EQ(unpacked(hex("41 80 42")), "A\uFFFDB");
  EXPECT_EQ(unpacked(hex("4142434445464748 c3 1b ff 41")), "ABCDEFGH\uFFFD\uFFFDA");
}

// Against a packer that is slow and obvious: every offset of the text, every length of a TPDU.
TEST(Gsm7, unpacks_at_every_offset_and_length_what_was_packed) {
  std::mt19937 random{38};
  for (std::size_t first = 0; first < 16; ++first) {
    for (std::size_t length = 0; length <= 168; ++length) {
      std::vector<std::byte> septets(length);
      const bool plain = length % 2 == 0;
      for (auto& septet : septets) {
        septet = static_cast<std::byte>(plain ? 'a' + random() % 26 : random() % 128);
      }
      const NationalLanguage language{static_cast<std::uint8_t>(plain ? 0 : length % 16),
                                      static_cast<std::uint8_t>(plain ? 0 : first)};
      std::string expected;
      for (std::size_t i = 0; i < length; ++i) {
        const auto septet = std::to_integer<unsigned>(septets[i]);
        if (septet != 0x1B) expected += one(septet, language);
        else if (i + 1 < length) expected += shifted(std::to_integer<unsigned>(septets[++i]), language);
        else expected += ' ';
      }
      ASSERT_EQ(packed(pack(septets, first), first, length, language), expected) << first << ' ' << length;
      ASSERT_EQ(unpacked(septets, language), expected) << first << ' ' << length;
    }
  }
}

TEST(Gsm7, every_septet_alone_is_the_table_s_also_among_eight) {
  for (std::uint8_t language = 0; language < languages; ++language) {
    for (unsigned septet = 0; septet < 128; ++septet) {
      if (septet == 0x1B) continue;
      const Utf8Char& c = gsm7_locking_table(language)[septet];
      const std::string expected{c.octets, c.length};
      const auto in_eight = [&](unsigned other) {
        std::vector<std::byte> eight(8, static_cast<std::byte>(other));
        eight[septet % 8] = static_cast<std::byte>(septet);
        return unpacked(eight, {.locking = language, .single_shift = 0});
      };
      EXPECT_EQ(one(septet, {.locking = language, .single_shift = 0}), expected);
      const std::string in_letters = in_eight('a');
      EXPECT_EQ(in_letters, std::string(septet % 8, 'a') + expected + std::string(7 - septet % 8, 'a'));
    }
  }
}

TEST(Gsm7, never_writes_past_its_room_and_ends_with_a_whole_character) {
  const auto septets = hex("41 00 1b65 4142434445464748494a 0102030405 1b65");
  const std::string whole = unpacked(septets);
  for (std::size_t room = 0; room <= whole.size(); ++room) {
    std::string out(whole.size() + 8, '#');
    const std::size_t length = gsm7_unpacked_to_utf8(septets, {}, std::span{out}.first(room));
    ASSERT_LE(length, room);
    EXPECT_EQ(out.substr(0, length), whole.substr(0, length));
    EXPECT_TRUE(is_utf8(out.substr(0, length)));
    EXPECT_EQ(out.substr(room), std::string(out.size() - room, '#'));
  }
}

// The tables of annex A, by what Unicode (ICU, not we) says of the characters in them.

struct Script {
  std::uint8_t language;
  UScriptCode code;
  char32_t block;  ///< the first code point of its Unicode block
  char32_t first_letter;
  char32_t last_letter;
};
constexpr Script scripts[] = {
    {4, USCRIPT_BENGALI, 0x0980, 0x0995, 0x09B9},    {5, USCRIPT_GUJARATI, 0x0A80, 0x0A95, 0x0AB9},
    {6, USCRIPT_DEVANAGARI, 0x0900, 0x0915, 0x0939}, {7, USCRIPT_KANNADA, 0x0C80, 0x0C95, 0x0CB9},
    {8, USCRIPT_MALAYALAM, 0x0D00, 0x0D15, 0x0D39},  {9, USCRIPT_ORIYA, 0x0B00, 0x0B15, 0x0B39},
    {10, USCRIPT_GURMUKHI, 0x0A00, 0x0A15, 0x0A39},  {11, USCRIPT_TAMIL, 0x0B80, 0x0B95, 0x0BB9},
    {12, USCRIPT_TELUGU, 0x0C00, 0x0C15, 0x0C39},
};

TEST(NationalTables, hold_only_assigned_characters_of_their_script_or_of_all) {
  for (std::uint8_t language = 0; language < languages; ++language) {
    for (const Gsm7Table* table : {&gsm7_locking_table(language), &gsm7_single_shift_table(language)}) {
      for (const Utf8Char& c : *table) {
        if (c.length == 0) continue;
        const auto value = static_cast<UChar32>(point(c));
        EXPECT_NE(u_charType(value), U_UNASSIGNED) << std::hex << value;
        UErrorCode status = U_ZERO_ERROR;
        const UScriptCode code = uscript_getScript(value, &status);
        UScriptCode own = USCRIPT_ARABIC;
        for (const Script& script : scripts) {
          if (script.language == language) own = script.code;
        }
        EXPECT_TRUE(code == own || code == USCRIPT_LATIN || code == USCRIPT_COMMON ||
                    code == USCRIPT_INHERITED || (language < 4 && code == USCRIPT_GREEK))
            << int{language} << ' ' << std::hex << value;
      }
    }
  }
}

TEST(NationalTables, locking_tables_hold_no_character_twice) {
  for (std::uint8_t language = 0; language < languages; ++language) {
    std::set<char32_t> seen;
    for (const Utf8Char& c : gsm7_locking_table(language)) {
      if (point(c) != ' ') {
        EXPECT_TRUE(seen.insert(point(c)).second)
            << int{language} << ' ' << std::hex << static_cast<unsigned>(point(c));
      }
    }
  }
}

TEST(NationalTables, letters_of_the_indian_scripts_stand_in_the_order_of_unicode_and_all_are_there) {
  for (const Script& script : scripts) {
    std::set<char32_t> seen;
    char32_t last = 0;
    for (const Utf8Char& c : gsm7_locking_table(script.language)) {
      const char32_t value = point(c);
      if (value < script.block || value > script.block + 0x7F) continue;
      EXPECT_GT(value, last) << std::hex << static_cast<unsigned>(value);
      last = value;
      seen.insert(value);
    }
    for (const Utf8Char& c : gsm7_single_shift_table(script.language)) {
      if (c.length != 0) seen.insert(point(c));
    }
    for (char32_t value = script.first_letter; value <= script.last_letter; ++value) {
      // U+0929 and its like may be left out where Unicode 5 had none
      UVersionInfo age;
      u_charAge(static_cast<UChar32>(value), age);
      if (u_charType(static_cast<UChar32>(value)) != U_OTHER_LETTER || age[0] > 4) continue;
      EXPECT_TRUE(seen.contains(value)) << std::hex << static_cast<unsigned>(value);
    }
    // the decimal digits of the script (A.2), which the locking tables have not
    for (int digit = 0; digit <= 9; ++digit) {
      const bool there = std::any_of(seen.begin(), seen.end(), [&](char32_t c) {
        return c > 0x7F && u_charDigitValue(static_cast<UChar32>(c)) == digit;
      });
      EXPECT_TRUE(there) << int{script.language} << ' ' << digit;
    }
  }
}

// The letters that a language needs and the default alphabet has not, from its own alphabet.
TEST(NationalTables, write_the_alphabets_of_turkey_spain_and_portugal) {
  const auto writes = [](std::uint8_t language, std::u32string_view letters, bool single_only) {
    for (const char32_t letter : letters) {
      bool found = false;
      for (unsigned septet = 0; septet < 128; ++septet) {
        const Utf8Char& shift = gsm7_single_shift_table(language)[septet];
        found |= shift.length != 0 && point(shift) == letter;
        found |= point(gsm7_locking_table(single_only ? 0 : language)[septet]) == letter;
      }
      EXPECT_TRUE(found) << int{language} << ' ' << std::hex << static_cast<unsigned>(letter);
    }
  };
  writes(1, U"çÇğĞıİöÖşŞüÜ", true);
  writes(1, U"çÇğĞıİöÖşŞüÜ€", false);
  writes(2, U"áÁéÉíÍóÓúÚñÑüÜ¿¡çÇ", true);
  writes(3, U"áÁâÂãÃàÀçÇéÉêÊíÍóÓôÔõÕúÚ", true);
  writes(3, U"áÁâÂãÃàÀçÇéÉêÊíÍóÓôÔõÕúÚªº", false);
}

// Words, the septets of their letters read off the printed tables of A.3 and A.2.
TEST(NationalTables, read_words) {
  EXPECT_EQ(unpacked(hex("1c071d"), {.locking = 1, .single_shift = 0}), "Şış");
  EXPECT_EQ(unpacked(hex("001b091b7b"), {.locking = 0, .single_shift = 3}), "@çã");
  EXPECT_EQ(unpacked(hex("2f424c5f2759"), {.locking = 6, .single_shift = 0}), "नमस्ते");
  EXPECT_EQ(unpacked(hex("152f5f2f24"), {.locking = 7, .single_shift = 0}), "ಕನ್ನಡ");
  EXPECT_EQ(unpacked(hex("274251485f"), {.locking = 11, .single_shift = 0}), "தமிழ்");
  EXPECT_EQ(unpacked(hex("3d4d004e1b1d"), {.locking = 13, .single_shift = 13}), "سلام۱");
}

TEST(Ucs2, is_read_as_utf_16) {
  EXPECT_EQ(ucs2(hex("0041 00e9 20ac d83d de00")), "Aé€😀");
  EXPECT_EQ(ucs2(hex("0000")), std::string(1, '\0'));
  EXPECT_EQ(ucs2(hex("ffff")), "\uFFFF");
  EXPECT_EQ(ucs2(hex("dbff dfff")), "\U0010FFFF");
}

TEST(Ucs2, lone_halves_and_odd_octets_are_replaced) {
  EXPECT_EQ(ucs2(hex("d83d 0041")), "\uFFFDA");
  EXPECT_EQ(ucs2(hex("de00 0041")), "\uFFFDA");
  EXPECT_EQ(ucs2(hex("d83d d83d de00")), "\uFFFD😀");
  EXPECT_EQ(ucs2(hex("d83d")), "\uFFFD");
  EXPECT_EQ(ucs2(hex("d83d de")), "\uFFFD\uFFFD");
  EXPECT_EQ(ucs2(hex("0041 00")), "A\uFFFD");
}

TEST(Ucs2, is_always_valid_utf_8_and_within_its_bound) {
  std::mt19937 random{16};
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::byte> octets(random() % 141);
    for (auto& octet : octets)
      octet = static_cast<std::byte>(random() % 4 == 0 ? 0xD8 + random() % 8 : random());
    const std::string text = ucs2(octets);
    ASSERT_TRUE(is_utf8(text));
    std::string small(text.size() / 2, '?');
    small.resize(ucs2_to_utf8(octets, small));
    ASSERT_TRUE(is_utf8(small));
    ASSERT_EQ(text.substr(0, small.size()), small);
  }
}

TEST(Latin1, is_unicode_s_first_256) {
  std::string out(latin1_bound(4), '?');
  out.resize(latin1_to_utf8(hex("41 7f 80 ff"), out));
  EXPECT_EQ(out, "A\x7f\u0080ÿ");
}

}  // namespace
}  // namespace tollgate::decode
