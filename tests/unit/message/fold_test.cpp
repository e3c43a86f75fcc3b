#include "message/fold.hpp"

#include <cctype>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

namespace tollgate {
namespace {

using Readings = std::vector<std::string>;

const FoldTables& tables() {
  static const FoldTables made;
  return made;
}

Readings readings(std::string_view text) {
  static FoldedText folded;
  fold(tables(), text, folded);
  Readings all;
  for (std::size_t i = 0; i < folded.readings(); ++i) all.emplace_back(folded.reading(i));
  return all;
}

struct Case {
  std::string_view text;
  Readings expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(readings(c.text), c.expected) << c.text;
}

TEST(Fold, leaves_ordinary_words_but_for_their_case) {
  check({{"", {""}},
         {"Claim 10 from us", {"claim 10 from us"}},
         {"Hello, Sam! How are you?", {"hello, sam! how are you?"}},
         {"I am In It, If I May", {"i am in it, if i may"}},
         {"WiFi iPhone eBay McDonald PayPal", {"wifi iphone ebay mcdonald paypal"}},
         {"WELL ALL CALL YOU LATER", {"well all call you later"}},
         {"Please call Al, click a link", {"please call al, click a link"}}});
}

TEST(Fold, takes_compatibility_forms_for_what_they_stand_for) {
  check({{"ＶＥＲＩＦＹ", {"verify"}},                        // fullwidth
         {"𝐯𝐞𝐫𝐢𝐟𝐲 𝓋ℯ𝓇𝒾𝒻𝓎 𝚟𝚎𝚛𝚒𝚏𝚢", {"verify verify verify"}},  // mathematical
         {"ⓥⓔⓡⓘⓕⓨ", {"verify"}},                              // circled
         {"⒱⒠⒭⒤⒡⒴", {"verify"}},                              // parenthesized
         {"🅥🅔🅡🅘🅕🅨 🆅🅴🆁🅸🅵🆈", {"verify verify"}},                // on a dark ground
         {"ᵛᵉʳⁱᶠʸ", {"verify"}},                              // superscript
         {"ᴠᴇʀɪꜰʏ", {"verify"}},                              // small capitals
         {"ﬁnal oﬀer", {"final offer"}},                      // ligatures
         {"１２３ ①②③ ❶❷ ⁴⁵⁶", {"123 123 12 456"}},
         {"50㎏ ½", {"50kg 1/2"}},
         {"Brand™", {"brand™"}}});
}

TEST(Fold, takes_the_digits_of_all_scripts_for_digits) {
  check({{"کد شما ۱۲۳۴۵۶", {"کد شما 123456"}}, {"رمز ٤٨٢٩", {"رمز 4829"}}, {"कोड ४८२९", {"कोड 4829"}}});
}

TEST(Fold, removes_marks_on_latin_greek_and_cyrillic_only) {
  check({{"Código de verificación", {"codigo de verificacion"}},
         {"Co\u0301digo v\u0335e\u0336r\u0489ify", {"codigo verify"}},
         {"Ücretsiz şifre İPTAL ılık", {"ucretsiz sifre iptal ilik"}},
         {"łódź Straße Ærø œuvre", {"lodz strasse aero oeuvre"}},
         {"καλημέρα", {"καλημερα"}},
         {"ёлка", {"елка"}},
         {"1\uFE0F\u20E32\uFE0F\u20E3", {"12"}},
         {"बैंक में ज़रूरी", {"बैंक में ज\u093Cरूरी"}},
         {"مُحَمَّد", {"مُحَمَّد"}},
         {"ธนาคารที่", {"ธนาคารที่"}}});
}

TEST(Fold, leaves_out_what_cannot_be_seen) {
  check({{"ver\u200Bi\u00ADf\u2060y\uFEFF", {"verify"}},
         {"ver\uFE0Fify", {"verify"}},
         {"\u202Everify\u202C \u200Enow\u200F", {"verify now"}},
         {std::string_view("ver\x01i\x7F\0fy", 9), {"verify"}},
         {"v\u200Ce\u200Dr\u200Dify", {"verify"}},
         {"می\u200Cخواهم", {"می\u200Cخواهم"}},
         {"क्\u200Dष", {"क्\u200Dष"}},
         {"验\u200D证\u200C码", {"验证码"}},
         {"مجـــانا", {"مجانا"}},
         {"a \u200B b", {"a b"}}});
}

TEST(Fold, turns_words_that_mix_scripts_to_ascii) {
  check({{"vеrіfу yоur ассоunt", {"verify your account"}},  // Cyrillic letters
         {"РаyРаl", {"paypal"}},                            // Cyrillic P and a
         {"Αpple αccοunt", {"apple account"}},              // Greek letters
         {"ΡΑYΡAL lΝVOICE", {"paypal lnvoice", "paypal invoice"}},
         {"bаnк", {"bank"}},
         {"սрdate", {"update"}},                  // Armenian and Cyrillic
         {"Ꮩerify", {"verify"}},                  // Cherokee
         {"pɑypɑl ɡoogle", {"paypal google"}}});  // Latin alpha, script g
}

TEST(Fold, leaves_words_wholly_in_another_script) {
  check({{"Ваш код подтверждения: 4829", {"ваш код подтверждения: 4829"}},
         {"сор рука нос", {"сор рука нос"}},
         {"Ο κωδικός σας", {"ο κωδικοσ σασ"}},
         {"کد تایید شما", {"کد تایید شما"}},
         {"您的验证码是482913，请勿告诉他人。", {"您的验证码是482913,请勿告诉他人."}},
         {"आपका ओटीपी", {"आपका ओटीपी"}},
         {"WhatsApp登录", {"whatsapp登录"}},
         {"USB-кабель 3G", {"usb-кабель 3g"}},
         {"код4 код123", {"код4 код123"}}});
}

TEST(Fold, offers_ascii_for_a_word_of_look_alikes_in_ascii_text) {
  check(
      {{"please РАУ the rest of it now", {"please рау the rest of it now", "please pay the rest of it now"}},
       {"see я и ты", {"see я и ты"}}});
}

TEST(Fold, offers_letters_for_digits_and_signs_in_words) {
  check({{"your acc0unt", {"your acc0unt", "your account"}},
         {"p4ssw0rd", {"p4ssw0rd", "password"}},
         {"fr33 m0n3y", {"fr33 m0n3y", "free money"}},
         {"ca$h p@y $ave", {"ca$h p@y $ave", "cash pay save"}},
         {"fr€€ £oan", {"fr€€ £oan", "free loan"}},
         {"$@ir €|ectric upd@ted.",
          {"$@ir €|ectric upd@ted.", "sair electric updated.", "sair eiectric updated."}},
         {"0TP 0ffer", {"0tp 0ffer", "otp offer"}},
         {"w!n", {"w!n", "win"}},
         {"s3nd 10 to 50", {"s3nd 10 to 50", "send 10 to 50"}},
         {"v3rifу", {"v3rify", "verify"}}});  // and a Cyrillic letter
}

TEST(Fold, offers_both_l_and_i_for_one_and_stroke) {
  check({{"1ogin", {"1ogin", "login", "iogin"}},
         {"w1n a g1ft", {"w1n a g1ft", "win a gift", "wln a glft"}},
         {"1im1ted", {"1im1ted", "limited", "limlted", "iimited"}},
         {"c|ick", {"c|ick", "click", "ciick"}},
         {"ema1l", {"ema1l", "emall", "email"}}});
}

TEST(Fold, leaves_numbers_codes_and_units) {
  for (const std::string_view text :
       {"A1B2C3",    "G-482913", "4G",         "2nd",        "1st", "10am",
        "b4",        "PS5",      "50mg",       "3D",         "24h", "0770 090 0123",
        "1.000.000", "10:30",    "12/05/2024", "2nite",      "4u",  "gr8",
        "$5",        "£10.50",   "5%",         "100k",       "B12", "me@home.example",
        "7pm!",      "NGN100",   "promo10",    "a@b.example"}) {
    std::string lower(text);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(readings(text), Readings{lower}) << text;
  }
}

TEST(Fold, offers_digits_for_letters_in_numbers) {
  check({{"call 08OO 123", {"call 08oo 123", "call 0800 123"}},
         {"win 1OOO", {"win 1ooo", "win 1000"}},
         {"win 10O0", {"win 10o0", "win 1000"}}});
}

TEST(Fold, offers_the_other_letter_where_the_case_is_odd) {
  check({{"Iocked", {"iocked", "locked"}},
         {"DEBlT", {"deblt", "debit"}},
         {"lNVOICE", {"lnvoice", "invoice"}},
         {"BlLL", {"blll", "bill"}},
         {"heIp biII InvaIid AIert", {"heip biii invaiid aiert", "help bill invalid alert"}},
         {"IIama I0cked", {"iiama i0cked", "llama locked"}},
         {"Iog1n", {"iog1n", "login", "logln"}}});
}

TEST(Fold, joins_spaced_out_words_in_another_reading) {
  check({{"v e r i f y your", {"v e r i f y your", "verify your"}},
         {"p.a.y n-o-w", {"p.a.y n-o-w", "pay now"}},
         {"v e r i f y  n o w", {"v e r i f y n o w", "verify now"}},
         {"V*E*R*I*F*Y!", {"v*e*r*i*f*y!", "verify!"}},
         {"v·e·r·i·f·y", {"v·e·r·i·f·y", "verify"}},
         {"(p a y)", {"(p a y)", "(pay)"}},
         {"v 3 r i f y", {"v 3 r i f y", "verify"}},
         {"v e r і f y", {"v e r і f y", "verify"}},  // a Cyrillic letter
         {"验 证 码", {"验 证 码", "验证码"}},
         {"p . a . y  n. o. w", {"p . a . y n. o. w", "pay now"}},
         {"p...a...y n • o • w", {"p.a.y n • o • w", "pay now"}},
         {"open a n.o.t.e", {"open a n.o.t.e", "open a note"}},
         {"$ a v e c @ s h", {"$ a v e c @ s h", "savecash"}},
         {"from the U.S.A. is", {"from the u.s.a. is", "from the usa. is"}},
         {"u r a", {"u r a", "ura"}}});
}

TEST(Fold, leaves_few_letters_and_numbers_apart) {
  for (const std::string_view text : {"1 2 3 4 5", "a b", "is a b or", "4.5.6", "i.e. it", "9 a.m. or 5 p.m.",
                                      "1-2-3", "x 1 2 3", "j.k rowling", "t-shirt", "है कि मैं"})
    EXPECT_EQ(readings(text), Readings{std::string(text)}) << text;
}

TEST(Fold, makes_one_of_runs_of_blanks_and_of_punctuation) {
  check({{"  won!!!  now ...\r\n\tcall\u00A0 us ", {"won! now . call us"}},
         {"wow!?!?", {"wow!?!?"}},
         {"wait…..", {"wait."}},
         {"★★★ hi", {"★ hi"}},
         {"a\u2028b\u3000c d", {"a b c d"}},
         {"line\nbreak", {"line break"}}});
}

TEST(Fold, makes_quotes_dashes_and_stops_ascii) {
  check({{"‘it’s’ “so” «so» „so”", {"'it's' \"so\" \"so\" \"so\""}},
         {"don`t", {"don't"}},
         {"a–bc — de ‐ −5", {"a-bc - de - -5"}},
         {"好。是、嗎？！", {"好.是,嗎?!"}},
         {"نعم، لا؟", {"نعم, لا?"}}});
}

TEST(Fold, keeps_urls) {
  check({{"see http://bit.ly/3xYz now", {"see http://bit.ly/3xyz now"}},
         {"https://Example.COM//a//b?c=1&d=2", {"https://example.com/a/b?c=1&d=2"}},
         {"www.example.com/a1b0c/l0l", {"www.example.com/a1b0c/l0l"}},
         {"t.co/x g.co", {"t.co/x g.co"}},
         {"http://раураl.com/x", {"http://paypal.com/x"}},
         {"amaz0n.com/a0a", {"amaz0n.com/a0a", "amazon.com/a0a"}}});
}

TEST(Fold, replaces_what_is_not_utf8) {
  check({{"a\xFFz", {"a\uFFFDz"}},
         {"\xC0\xAF", {"\uFFFD"}},
         {"\xED\xA0\x80", {"\uFFFD"}},
         {"\xF4\x90\x80\x80", {"\uFFFD"}},
         {"\xE2\x82", {"\uFFFD"}}});
}

TEST(Fold, cuts_a_text_that_is_too_long_between_characters) {
  FoldedText small(5);
  fold(tables(), "abcdef", small);
  EXPECT_EQ(small.reading(0), "abcde");
  EXPECT_TRUE(small.cut());
  fold(tables(), "abcdжж", small);
  EXPECT_EQ(small.reading(0), "abcd");
  EXPECT_TRUE(small.cut());
  fold(tables(), "abжX", small);
  EXPECT_EQ(small.reading(0), "abжx");
  EXPECT_FALSE(small.cut());
}

// The text that makes `part`, where it stands first in a reading.
std::string origin(std::string_view text, std::string_view part, std::size_t reading) {
  static FoldedText folded;
  fold(tables(), text, folded);
  const std::size_t at = folded.reading(reading).find(part);
  if (at == std::string_view::npos) return "(not there)";
  const Span span = folded.origin(reading, at, at + part.size());
  return std::string(text.substr(span.begin, span.end - span.begin));
}

TEST(Fold, maps_back_to_the_text_as_sent) {
  EXPECT_EQ(origin("Hello World", "world", 0), "World");
  EXPECT_EQ(origin("your acc0unt is", "account", 1), "acc0unt");
  EXPECT_EQ(origin("now v e r i f y it", "verify", 1), "v e r i f y");
  EXPECT_EQ(origin("now  ＶＥＲIFY it", "verify", 0), "ＶＥＲIFY");
  EXPECT_EQ(origin("oﬃce", "f", 0), "ﬃ") << "a part of a ligature is the whole of it";
  EXPECT_EQ(origin("a ve\u200Brify b", "verify", 0), "ve\u200Brify");
  EXPECT_EQ(origin("ваш КОД: 1", "код", 0), "КОД");
  EXPECT_EQ(origin("wow!!! so", "! so", 0), "!!! so");
  EXPECT_EQ(origin("  x", "x", 0), "x");
  FoldedText folded;
  fold(tables(), "ж", folded);
  EXPECT_EQ(folded.origin(0, 1, 2), (Span{0, 2})) << "a part of a character is the whole of it";
  EXPECT_EQ(folded.origin(0, 2, 2), (Span{2, 2}));
  fold(tables(), "\u200B", folded);
  EXPECT_EQ(folded.origin(0, 0, 0), (Span{0, 0}));
}

TEST(Fold, counts_code_points) {
  EXPECT_EQ(code_points("aжб€z", {1, 5}), (Span{1, 3}));
  EXPECT_EQ(code_points("aжб€z", {5, 9}), (Span{3, 5}));
  EXPECT_EQ(code_points("", {0, 0}), (Span{0, 0}));
}

// ICU replaces what is not UTF-8.
bool is_valid_utf8(std::string_view text) {
  std::string again;
  icu::UnicodeString::fromUTF8(text).toUTF8String(again);
  return again == text;
}

// Pieces that folding treats in different ways, so that random text meets many neighbourhoods.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "a",        "e",   "I", "l",      "O",  "Z",      "vv",   "er",       "0",       "1",      "3",
      "5",        "8",   " ", " ",      "  ", "\n",     ".",    ".",        "-",       "!",      "!!",
      "/",        "://", "@", "$",      "|",  "'",      "`",    "é",        "\u0301",  "\u200B", "\u200D",
      "а",        "р",   "у", "ж",      "α",  "И",      "ا",    "ب",        "م\u064E", "क",      "्",
      "验",       "カ",  "ｶ", "\uFF9E", "ﬁ",  "½",      "㏂",   "℀",        "\uFDFA",  "①",      "𝐚",
      "🅰",        "😀",   "•", "–",      "“",  "\u00A0", "\xFF", "\xE2\x82", "http://", "www.",   "the ",
      "Acc0unt ", "ß",   "ŉ", "Ǆ",      "´",  "€"};
  std::uniform_int_distribution<std::size_t> any(0, pieces.size() - 1);
  std::uniform_int_distribution<int> length(0, 24);
  std::string text;
  for (int n = length(random); n > 0; --n) text += pieces[any(random)];
  return text;
}

void check_map(const FoldedText& folded, std::size_t i, std::string_view text) {
  const std::size_t size = folded.reading(i).size();
  Span last{};
  for (std::size_t at = 0; at < size; ++at) {
    const Span one = folded.origin(i, at, at + 1);
    ASSERT_LT(one.begin, one.end) << text;
    ASSERT_LE(one.end, text.size()) << text;
    ASSERT_LE(last.begin, one.begin) << text;
    ASSERT_LE(last.end, one.end) << text;
    ASSERT_EQ(folded.origin(i, 0, at + 1).end, one.end) << text;
    ASSERT_EQ(folded.origin(i, at, size).begin, one.begin) << text;
    last = one;
  }
}

TEST(Fold, keeps_what_it_promises_for_any_text) {
  std::mt19937 random(1);
  FoldedText folded;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random);
    fold(tables(), text, folded);
    ASSERT_GE(folded.readings(), 1U);
    for (std::size_t i = 0; i < folded.readings(); ++i) {
      ASSERT_TRUE(is_valid_utf8(folded.reading(i))) << text;
      ASSERT_LE(folded.reading(i).size(), text.size() * FoldTables::longest_growth) << text;
      ASSERT_EQ(folded.reading(i).find("  "), std::string_view::npos) << text;
      ASSERT_NO_FATAL_FAILURE(check_map(folded, i, text));
    }
  }
}

TEST(Fold, is_the_same_when_done_twice) {
  std::mt19937 random(2);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random);
    const std::string once = readings(text)[0];
    ASSERT_EQ(readings(once)[0], once) << text;
  }
}

// A word that is of no interest stands with one that is, and with none: both ways must agree.
TEST(Fold, does_the_same_with_marked_and_unmarked_text) {
  std::mt19937 random(3);
  const std::string letters = "abIlOZe .,-!'\n";
  std::uniform_int_distribution<std::size_t> any(0, letters.size() - 1);
  for (int round = 0; round < 20000; ++round) {
    std::string text = "x";
    for (int n = 0; n < 20; ++n) text += letters[any(random)];
    // A mark after every character is left out again, and sends the text the slow way.
    std::string marked;
    for (const char c : text) (marked += c) += "\u2060";
    ASSERT_EQ(readings(text), readings(marked)) << text;
  }
}

TEST(Fold, agrees_with_icu_on_compatibility_and_case) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  ASSERT_TRUE(U_SUCCESS(error));
  std::size_t compared = 0;
  for (UChar32 c = 0x80; c <= 0x10FFFF; ++c) {
    // ARABIC TATWEEL is left out, two modifier letters are apostrophes.
    if (!u_isalpha(c) || c == 0x640 || c == 0x2BB || c == 0x2BC) continue;
    const UScriptCode script = uscript_getScript(c, &error);
    const icu::UnicodeString form = folding->normalize(icu::UnicodeString(c), error);
    std::string expected;
    form.toUTF8String(expected);
    // Latin is taken to ASCII, marks are taken off; both are tested above. So is what a few are kept from.
    bool plain = !form.isEmpty();
    for (std::int32_t i = 0; i < form.length(); i = form.moveIndex32(i, 1)) {
      const UScriptCode part = uscript_getScript(form.char32At(i), &error);
      plain &= u_isalpha(form.char32At(i)) && (form.char32At(i) < 0x80 || part != USCRIPT_LATIN);
      plain &= part != USCRIPT_GREEK && part != USCRIPT_CYRILLIC;
    }
    std::string text;
    icu::UnicodeString(c).toUTF8String(text);
    if (!plain || script == USCRIPT_LATIN || expected.size() > 3 * text.size()) continue;
    ++compared;
    ASSERT_EQ(readings(text)[0], expected) << std::hex << c;
  }
  EXPECT_GT(compared, 100000U);
}

}  // namespace
}  // namespace tollgate
