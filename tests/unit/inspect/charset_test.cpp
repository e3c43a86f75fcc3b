#include "inspect/charset.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

// The octets were made with iconv from the texts; those of single characters are in the code charts.
namespace tollgate::inspect {
namespace {

std::string read(Coding coding, std::string_view digits) {
  const auto octets = test::hex(digits);
  std::vector<char> out(Charsets::bound(octets.size()));
  return {out.data(), charsets().to_utf8(coding, octets, out)};
}

TEST(Charset, reads_single_octet_sets) {
  EXPECT_EQ(read(Coding::ascii, "48692040 7e"), "Hi @~");
  EXPECT_EQ(read(Coding::latin1, "63616ce9 a3"), "cal\u00e9\u00a3");
  EXPECT_EQ(read(Coding::latin_cyrillic, "bfe0d8d2d5e2"), "Привет");
  EXPECT_EQ(read(Coding::latin_hebrew, "f9ece5ed"), "שלום");
}

TEST(Charset, what_a_set_does_not_define_is_the_replacement_character) {
  EXPECT_EQ(read(Coding::ascii, "61e962"), "a\uFFFDb");
  EXPECT_EQ(read(Coding::latin_hebrew, "a1"), "\uFFFD");
}

TEST(Charset, reads_japanese_however_it_is_written) {
  const std::string hello = "こんにちは";
  for (const Coding coding : {Coding::jis, Coding::iso2022_jp, Coding::euc_jp, Coding::pictogram}) {
    EXPECT_EQ(read(coding, "1b2442 2433 2473 244b 2441 244f 1b2842"), hello);  // ISO-2022-JP
    EXPECT_EQ(read(coding, "a4b3 a4f3 a4cb a4c1 a4cf"), hello);                // EUC-JP
    EXPECT_EQ(read(coding, "82b1 82f1 82c9 82bf 82cd"), hello);                // Shift_JIS
    EXPECT_EQ(read(coding, "4f4b"), "OK");
  }
}

TEST(Charset, reads_the_second_kanji_plane_and_katakana) {
  EXPECT_EQ(read(Coding::euc_jp, "8fb0a1"), "\u4E02");              // JIS X 0212 row 16 cell 1
  EXPECT_EQ(read(Coding::jis, "1b242844 3021"), "\u4E02");          // the same after ESC $ ( D
  EXPECT_EQ(read(Coding::euc_jp, "8eb1"), "\uFF71");                // halfwidth A
  EXPECT_EQ(read(Coding::jis, "b1b2 8341"), "\uFF71\uFF72\u30A2");  // Shift_JIS
  EXPECT_EQ(read(Coding::jis, "1b2849 31"), "\uFF71");
  EXPECT_EQ(read(Coding::jis, "1b2442 2422 0a 41"), "\u3042\nA");
}

TEST(Charset, reads_korean) {
  EXPECT_EQ(read(Coding::ks_c_5601, "bec8b3e7 21"), "안녕!");
  EXPECT_EQ(read(Coding::ks_c_5601, "8c63"), "\uB620");  // code page 949 only
}

TEST(Charset, broken_multi_octet_text_stays_valid) {
  EXPECT_EQ(read(Coding::ks_c_5601, "be"), "\uFFFD");
  EXPECT_EQ(read(Coding::ks_c_5601, "ff41"),
            "\uFFFD"
            "A");
  EXPECT_EQ(read(Coding::jis, "82"), "\uFFFD");
  EXPECT_EQ(read(Coding::jis, "1b"), "\uFFFD");
  EXPECT_EQ(read(Coding::jis, "1b2442 24"), "\uFFFD");
  EXPECT_EQ(read(Coding::jis, ""), "");
}

}  // namespace
}  // namespace tollgate::inspect
