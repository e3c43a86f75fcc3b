#include <array>
#include <string>
#include <vector>

#include "traffic/encode_text.hpp"

// The tables of TS 23.038: 6.2.1 (default) and annex A (national languages). 0 stands for no character.
namespace tollgate::traffic {
namespace {

using Table = std::u32string;
using namespace std::string_view_literals;

constexpr char32_t escape_mark = 0x1b;

// A line each sixteen codes.
constexpr std::u32string_view default_alphabet =
    U"@£$¥èéùìòÇ\nØø\rÅå"
    U"Δ_ΦΓΛΩΠΨΣΘΞ\x1b"
    U"ÆæßÉ"
    U" !\"#¤%&'()*+,-./"
    U"0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNO"
    U"PQRSTUVWXYZÄÖÑÜ§"
    U"¿abcdefghijklmno"
    U"pqrstuvwxyzäöñüà";

constexpr std::u32string_view portuguese_locking =
    U"@£$¥êéúíóç\nÔô\rÁá"
    U"Δ_ªÇÀ∞^\\€Ó|\x1b"
    U"ÂâÊÉ"
    U" !\"#º%&'()*+,-./"
    U"0123456789:;<=>?"
    U"ÍABCDEFGHIJKLMNO"
    U"PQRSTUVWXYZÃÕÚÜ§"
    U"~abcdefghijklmno"
    U"pqrstuvwxyzãõ`üà";

constexpr std::u32string_view urdu_locking =
    U"\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c"
    U"\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\x1b"
    U"\u068c\u0688\u0689\u068a"
    U" !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698"
    U"0123456789:;\u069a\u0633\u0634?"
    U"\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646"
    U"\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657"
    U"\u0654abcdefghijklmno"
    U"pqrstuvwxyz\u0655\u0651\u0653\u0656\u0670";

struct Change {
  unsigned code;
  char32_t character;
};

Table changed(std::u32string_view from, std::initializer_list<Change> changes) {
  Table table{from};
  table.resize(128);
  for (const Change& change : changes) table[change.code] = change.character;
  return table;
}

/// A locking table of an Indic script: its Unicode block has the letters in one order, which the tables
/// keep. `absent` are the letters that the script lacks, `others` the characters of codes 0x60 and 0x7b-0x7f.
struct Script {
  char32_t block;
  std::string_view absent;
  std::u32string_view others;
};

// A line each sixteen codes: the letter's place in its block, or 0 where an ASCII character stands.
constexpr std::array<unsigned char, 96> letters{
    0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0,    0x0c, 0x0d, 0,    0x0e, 0x0f,  //
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0,    0x1b, 0x1c, 0x1d, 0x1e,  //
    0,    0,    0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0,    0,    0x25, 0x26, 0,    0x27, 0,    0x28,  //
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x29, 0x2a, 0x2b, 0,     //
    0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3c, 0x3d,  //
    0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d};

constexpr std::u32string_view indic_ascii =
    U"\0\0\0\0\0\0\0\0\0\0\n\0\0\r\0\0"
    U"\0\0\0\0\0\0\0\0\0\0\0\x1b\0\0\0\0"
    U" !\0\0\0\0\0\0)(\0\0,\0.\0"
    U"0123456789:;\0\0\0?"
    U"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    U"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    U"\0abcdefghijklmno"
    U"pqrstuvwxyz\0\0\0\0\0"sv;

Table indic_locking(const Script& script) {
  Table table{indic_ascii};
  for (std::size_t code = 0; code < letters.size(); ++code) {
    const auto letter = static_cast<char>(letters[code]);
    if (letter != 0 && script.absent.find(letter) == std::string_view::npos) {
      table[code] = script.block + letters[code];
    }
  }
  table[0x60] = script.others[0];
  for (std::size_t i = 0; i < 5; ++i) table[0x7b + i] = script.others[1 + i];
  return table;
}

constexpr std::array<Script, 9> scripts{{
    {0x0980, "\x0d\x0e\x11\x12\x29\x31\x33\x34\x35\x45\x46\x49\x4a",
     U"\u09ce\u09d7\u09dc\u09dd\u09f0\u09f1"},                                          // Bengali
    {0x0a80, "\x0e\x12\x29\x31\x34\x46\x4a", U"\u0ad0\u0ae0\u0ae1\u0ae2\u0ae3\u0af1"},  // Gujarati
    {0x0900, "", U"\u0950\u0972\u097b\u097c\u097e\u097f"},                              // Hindi
    {0x0c80, "\x01\x0d\x11\x29\x34\x45\x49", U"\u0cd5\u0cd6\u0ce0\u0ce1\u0ce2\u0ce3"},  // Kannada
    {0x0d00, "\x01\x0d\x11\x29\x3c\x45\x49", U"\u0d57\u0d60\u0d61\u0d62\u0d63\u0d79"},  // Malayalam
    {0x0b00, "\x0d\x0e\x11\x12\x29\x31\x34\x45\x46\x49\x4a",
     U"\u0b56\u0b57\u0b60\u0b61\u0b62\u0b63"},  // Oriya
    {0x0a00, "\x0b\x0c\x0d\x0e\x11\x12\x29\x31\x34\x37\x3d\x43\x44\x45\x46\x49\x4a",
     U"\u0a51\u0a70\u0a71\u0a72\u0a73\u0a74"},  // Punjabi
    {0x0b80,
     "\x01\x0b\x0c\x0d\x11\x16\x17\x18\x1b\x1d\x20\x21\x22\x25\x26\x27\x2b\x2c\x2d\x3c\x3d\x43\x44\x45\x49",
     U"\u0bd0\u0bd7\u0bf0\u0bf1\u0bf2\u0bf9"},                                          // Tamil
    {0x0c00, "\x0d\x11\x29\x34\x3c\x45\x49", U"\u0c55\u0c56\u0c60\u0c61\u0c62\u0c63"},  // Telugu
}};

const Table& default_extension() {
  static const Table table = changed(U"", {{0x0a, 0x0c},
                                           {0x14, U'^'},
                                           {0x1b, escape_mark},
                                           {0x28, U'{'},
                                           {0x29, U'}'},
                                           {0x2f, U'\\'},
                                           {0x3c, U'['},
                                           {0x3d, U'~'},
                                           {0x3e, U']'},
                                           {0x40, U'|'},
                                           {0x65, U'€'}});
  return table;
}

/// What the single shift tables of the Indic scripts and Urdu share; `others` stand at these codes in turn.
constexpr std::array<unsigned, 29> other_codes{0x19, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23,
                                               0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x30,
                                               0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39};
Table indic_single(std::u32string_view others) {
  Table table = default_extension();
  constexpr std::u32string_view start = U"@£$¥¿\"¤%&'\f*+\0-/<=>¡^¡_#*"sv;
  table.replace(0, start.size(), start);
  for (char32_t i = 0; i < 26; ++i) table[0x41 + i] = U'A' + i;
  for (std::size_t i = 0; i < others.size(); ++i) table[other_codes.at(i)] = others[i];
  return table;
}

std::vector<Table> make_locking() {
  std::vector<Table> tables(last_language + 1);
  tables[0] = default_alphabet;
  tables[1] = changed(default_alphabet, {{0x04, U'€'},
                                         {0x07, U'ı'},
                                         {0x0b, U'Ğ'},
                                         {0x0c, U'ğ'},
                                         {0x1c, U'Ş'},
                                         {0x1d, U'ş'},
                                         {0x40, U'İ'},
                                         {0x60, U'ç'}});
  tables[2] = default_alphabet;  // Spanish has no locking table
  tables[3] = portuguese_locking;
  for (std::size_t i = 0; i < scripts.size(); ++i) tables[4 + i] = indic_locking(scripts.at(i));
  tables[13] = urdu_locking;
  return tables;
}

std::vector<Table> make_single() {
  std::vector<Table> tables(last_language + 1);
  const Table& base = default_extension();
  tables[0] = base;
  tables[1] = changed(
      base,
      {{0x47, U'Ğ'}, {0x49, U'İ'}, {0x53, U'Ş'}, {0x63, U'ç'}, {0x67, U'ğ'}, {0x69, U'ı'}, {0x73, U'ş'}});
  tables[2] = changed(base, {{0x09, U'ç'},
                             {0x41, U'Á'},
                             {0x49, U'Í'},
                             {0x4f, U'Ó'},
                             {0x55, U'Ú'},
                             {0x61, U'á'},
                             {0x69, U'í'},
                             {0x6f, U'ó'},
                             {0x75, U'ú'}});
  tables[3] = changed(
      base, {{0x05, U'ê'}, {0x09, U'ç'}, {0x0b, U'Ô'}, {0x0c, U'ô'}, {0x0e, U'Á'}, {0x0f, U'á'}, {0x12, U'Φ'},
             {0x13, U'Γ'}, {0x15, U'Ω'}, {0x16, U'Π'}, {0x17, U'Ψ'}, {0x18, U'Σ'}, {0x19, U'Θ'}, {0x1f, U'Ê'},
             {0x41, U'À'}, {0x49, U'Í'}, {0x4f, U'Ó'}, {0x55, U'Ú'}, {0x5b, U'Ã'}, {0x5c, U'Õ'}, {0x61, U'Â'},
             {0x69, U'í'}, {0x6f, U'ó'}, {0x75, U'ú'}, {0x7b, U'ã'}, {0x7c, U'õ'}, {0x7f, U'â'}});
  tables[4] = indic_single(
      U"\u09e6\u09e7\u09e8\u09e9\u09ea\u09eb\u09ec\u09ed\u09ee\u09ef\u09df\u09e0\u09e1\u09e2"
      U"\u09e3\u09f2\u09f3\u09f4\u09f5\u09f6\u09f7\u09f8\u09f9\u09fa");
  tables[5] = indic_single(U"\u0964\u0965\u0ae6\u0ae7\u0ae8\u0ae9\u0aea\u0aeb\u0aec\u0aed\u0aee\u0aef");
  tables[6] = indic_single(
      U"\u0964\u0965\u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f\u0951\u0952"
      U"\u0953\u0954\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u0960\u0961\u0962\u0963"
      U"\u0970");
  tables[6][0x3a] = 0x0971;
  tables[7] = indic_single(
      U"\u0964\u0965\u0ce6\u0ce7\u0ce8\u0ce9\u0cea\u0ceb\u0cec\u0ced\u0cee\u0cef\u0cde\u0cf1"
      U"\u0cf2");
  tables[8] = indic_single(
      U"\u0964\u0965\u0d66\u0d67\u0d68\u0d69\u0d6a\u0d6b\u0d6c\u0d6d\u0d6e\u0d6f\u0d70\u0d71"
      U"\u0d72\u0d73\u0d74\u0d75\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f");
  tables[9] = indic_single(
      U"\u0964\u0965\u0b66\u0b67\u0b68\u0b69\u0b6a\u0b6b\u0b6c\u0b6d\u0b6e\u0b6f\u0b5c\u0b5d"
      U"\u0b5f\u0b70\u0b71");
  tables[10] = indic_single(
      U"\u0964\u0965\u0a66\u0a67\u0a68\u0a69\u0a6a\u0a6b\u0a6c\u0a6d\u0a6e\u0a6f\u0a59\u0a5a"
      U"\u0a5b\u0a5c\u0a5e\u0a75");
  tables[11] = indic_single(
      U"\u0964\u0965\u0be6\u0be7\u0be8\u0be9\u0bea\u0beb\u0bec\u0bed\u0bee\u0bef\u0bf3\u0bf4"
      U"\u0bf5\u0bf6\u0bf7\u0bf8\u0bfa");
  tables[12] = indic_single(
      U"\0\0\u0c66\u0c67\u0c68\u0c69\u0c6a\u0c6b\u0c6c\u0c6d\u0c6e\u0c6f\u0c58\u0c59"
      U"\u0c78\u0c79\u0c7a\u0c7b\u0c7c\u0c7d\u0c7e\u0c7f"sv);
  tables[13] = indic_single(
      U"\u0600\u0601\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9\u060c\u060d"
      U"\u060e\u060f\u0610\u0611\u0612\u0613\u0614\u061b\u061f\u0640\u0652\u0658\u066b\u066c"
      U"\u0672");
  tables[13][0x3a] = 0x0673;
  tables[13][0x3b] = 0x06cd;
  tables[13][0x3f] = 0x06d4;
  return tables;
}

}  // namespace

std::u32string_view locking_table(unsigned language) {
  static const std::vector<Table> tables = make_locking();
  return tables.at(language);
}

std::u32string_view single_table(unsigned language) {
  static const std::vector<Table> tables = make_single();
  return tables.at(language);
}

}  // namespace tollgate::traffic
