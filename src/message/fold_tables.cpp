#include "message/fold_tables.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

namespace tollgate {
namespace {

using Kind = FoldedCharacter::Kind;

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

bool is_ascii_letter(UChar32 c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(UChar32 c) { return static_cast<char>(c | 0x20); }
bool is_mark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

// Quotes and stops whose ASCII likeness Unicode does not state, or states as two characters.
const std::map<UChar32, char> punctuation = {
    {U'`', '\''}, {U'ʼ', '\''}, {U'ʻ', '\''}, {U'´', '\''}, {U'‘', '\''}, {U'’', '\''}, {U'‚', '\''},
    {U'‛', '\''}, {U'′', '\''}, {U'‹', '\''}, {U'›', '\''}, {U'“', '"'},  {U'”', '"'},  {U'„', '"'},
    {U'‟', '"'},  {U'″', '"'},  {U'«', '"'},  {U'»', '"'},  {U'〝', '"'}, {U'〞', '"'}, {U'〟', '"'},
    {U'「', '"'}, {U'」', '"'}, {U'『', '"'}, {U'』', '"'}, {U'−', '-'},  {U'。', '.'}, {U'۔', '.'},
    {U'、', ','}, {U'،', ','},  {U'؛', ';'},  {U'؟', '?'},  {U'⁄', '/'},  {U'∕', '/'},  {U'٪', '%'},
    {U'٫', '.'},  {U'٬', ','},  {U'…', '.'}};

// Digits and signs that are put for letters. 1 and | are put for i as well as for l.
const std::map<UChar32, char> signs = {
    {U'0', 'o'}, {U'1', 'l'}, {U'3', 'e'}, {U'4', 'a'}, {U'5', 's'}, {U'7', 't'}, {U'@', 'a'}, {U'$', 's'},
    {U'|', 'l'}, {U'¦', 'l'}, {U'!', 'i'}, {U'¡', 'i'}, {U'€', 'e'}, {U'£', 'l'}, {U'¥', 'y'}, {U'¢', 'c'}};

// Letters that are put for Latin ones though they are too unlike for UTS #39.
const std::map<UChar32, char> likenesses = {
    {U'ε', 'e'}, {U'η', 'n'}, {U'μ', 'u'}, {U'τ', 't'}, {U'ω', 'w'}, {U'κ', 'k'}, {U'β', 'b'},
    {U'Σ', 'e'}, {U'Λ', 'a'}, {U'Δ', 'a'}, {U'χ', 'x'}, {U'п', 'n'}, {U'и', 'u'}, {U'в', 'b'},
    {U'н', 'h'}, {U'к', 'k'}, {U'м', 'm'}, {U'т', 't'}, {U'г', 'r'}, {U'ь', 'b'}, {U'я', 'r'},
    {U'Я', 'r'}, {U'И', 'n'}, {U'Д', 'a'}, {U'з', 'e'}, {U'З', 'e'}, {U'ш', 'w'}, {U'Ш', 'w'}};

class Builder {
 public:
  Builder() {
    UErrorCode error = U_ZERO_ERROR;
    spoof_.reset(uspoof_open(&error));
    nfd_ = icu::Normalizer2::getNFDInstance(error);
    nfkd_ = icu::Normalizer2::getNFKDInstance(error);
    folding_ = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_FAILURE(error))
      throw std::runtime_error(std::string("ICU's tables for folding text: ") + u_errorName(error));
  }

  /// `text` is where the folded form is put; it stays empty where the character stays as it is.
  FoldedCharacter character(UChar32 c, std::string& text) const;

 private:
  struct Close {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
  };

  icu::UnicodeString skeleton(UChar32 c) const {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString out;
    uspoof_getSkeletonUnicodeString(spoof_.get(), 0, icu::UnicodeString(c), out, &error);
    return U_SUCCESS(error) ? out : icu::UnicodeString(c);
  }

  icu::UnicodeString normalized(const icu::Normalizer2& form, const icu::UnicodeString& text) const {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString out = form.normalize(text, error);
    return U_SUCCESS(error) ? out : text;
  }

  icu::UnicodeString without_marks(const icu::UnicodeString& text) const;
  icu::UnicodeString compatibility_form(UChar32 c) const;
  icu::UnicodeString latin(UChar32 c) const;
  char look(UChar32 c) const;
  char direct_look(UChar32 c) const;

  std::unique_ptr<USpoofChecker, Close> spoof_;
  const icu::Normalizer2* nfd_ = nullptr;
  const icu::Normalizer2* nfkd_ = nullptr;
  const icu::Normalizer2* folding_ = nullptr;
};

std::uint8_t script_of(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  switch (const UScriptCode script = uscript_getScript(c, &error)) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
    case USCRIPT_UNKNOWN: return FoldedCharacter::none;
    case USCRIPT_LATIN: return FoldedCharacter::latin;
    case USCRIPT_GREEK: return FoldedCharacter::greek;
    case USCRIPT_CYRILLIC: return FoldedCharacter::cyrillic;
    case USCRIPT_HAN:
    case USCRIPT_BOPOMOFO: return FoldedCharacter::han;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return FoldedCharacter::kana;
    case USCRIPT_HANGUL: return FoldedCharacter::hangul;
    default: return static_cast<std::uint8_t>(FoldedCharacter::others + static_cast<int>(script));
  }
}

bool loses_marks(std::uint8_t script) {
  return script >= FoldedCharacter::latin && script <= FoldedCharacter::cyrillic;
}

icu::UnicodeString Builder::without_marks(const icu::UnicodeString& text) const {
  const icu::UnicodeString parts = normalized(*nfd_, text);
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1))
    if (!is_mark(parts.char32At(i))) out.append(parts.char32At(i));
  return out;
}

/// The letter X of a character named `prefix` X, or `prefix` X WITH more.
std::optional<char> letter_after(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) != prefix) return std::nullopt;
  name.remove_prefix(prefix.size());
  if (name.empty() || !is_ascii_letter(name[0])) return std::nullopt;
  if (name.size() > 1 && name.substr(1, 6) != " WITH ") return std::nullopt;
  return lower(name[0]);
}

/// A letter that its name calls a variety of an ASCII letter: with a stroke or hook, a small capital, on a
/// dark ground.
std::optional<char> letter_by_name(UChar32 c) {
  char name[128];
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t length = u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof name, &error);
  if (U_FAILURE(error)) return std::nullopt;
  const std::string_view whole(name, static_cast<std::size_t>(length));
  for (const auto* prefix :
       {"LATIN SMALL LETTER ", "LATIN CAPITAL LETTER ", "LATIN LETTER SMALL CAPITAL ",
        "LATIN SMALL LETTER DOTLESS ", "LATIN SMALL LETTER SCRIPT ", "NEGATIVE CIRCLED LATIN CAPITAL LETTER ",
        "NEGATIVE SQUARED LATIN CAPITAL LETTER "})
    if (const auto letter = letter_after(whole, prefix)) return letter;
  return std::nullopt;
}

/// A letter of the Latin script in ASCII: by its name, else by its likeness; itself where it has neither.
icu::UnicodeString Builder::latin(UChar32 c) const {
  if (c < 0x80) return icu::UnicodeString(c);
  if (const auto letter = letter_by_name(c)) return icu::UnicodeString(static_cast<UChar32>(*letter));
  const icu::UnicodeString like = without_marks(skeleton(c)).toLower();
  for (std::int32_t i = 0; i < like.length(); ++i)
    if (!is_ascii_letter(like[i])) return icu::UnicodeString(c);
  return like;
}

/// NFKC_Casefold; Latin in ASCII and, as Greek and Cyrillic, without marks.
icu::UnicodeString Builder::compatibility_form(UChar32 c) const {
  if (const auto letter = letter_by_name(c); letter && script_of(c) == FoldedCharacter::none)
    return icu::UnicodeString(static_cast<UChar32>(*letter));
  const icu::UnicodeString folded = normalized(*folding_, icu::UnicodeString(c));
  icu::UnicodeString out;
  bool loses = false;  // a mark after the last letter
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 part = folded.char32At(i);
    if (is_mark(part)) {
      if (!loses) out.append(part);
      continue;
    }
    loses = loses_marks(script_of(part));
    if (!loses) {
      out.append(part);
      continue;
    }
    const icu::UnicodeString bare = without_marks(icu::UnicodeString(part));
    for (std::int32_t k = 0; k < bare.length(); k = bare.moveIndex32(k, 1)) {
      const UChar32 base = bare.char32At(k);
      out.append(script_of(base) == FoldedCharacter::latin ? latin(base) : icu::UnicodeString(base));
    }
  }
  return out;
}

char Builder::direct_look(UChar32 c) const {
  if (const auto known = likenesses.find(c); known != likenesses.end()) return known->second;
  const icu::UnicodeString like = without_marks(skeleton(c));
  if (like == icu::UnicodeString("rn")) return 'm';
  if (like.countChar32() != 1) return 0;
  const UChar32 one = like.char32At(0);
  // The skeleton of a capital I is l.
  if (one == 'l' && u_isupper(c)) return 'i';
  if (is_ascii_letter(one)) return lower(one);
  if (script_of(one) != FoldedCharacter::latin) return 0;
  const icu::UnicodeString ascii = latin(u_tolower(one));
  return ascii.length() == 1 && is_ascii_letter(ascii[0]) ? lower(ascii[0]) : '\0';
}

/// The ASCII letter that a letter of another script looks like as it is written, else as it is in small.
char Builder::look(UChar32 c) const {
  const icu::UnicodeString bare = without_marks(normalized(*nfkd_, icu::UnicodeString(c)));
  if (bare.countChar32() != 1) return 0;
  const UChar32 base = bare.char32At(0);
  const char direct = direct_look(base);
  return direct != 0 || u_tolower(base) == base ? direct : direct_look(u_tolower(base));
}

/// A form that has letters without the punctuation in it: `⒜` is "(a)", `㏂` "a.m.". Numbers in parentheses
/// and with a full stop the same.
icu::UnicodeString without_frame(const icu::UnicodeString& form) {
  icu::UnicodeString inner;
  bool letters = false;
  for (std::int32_t i = 0; i < form.length(); i = form.moveIndex32(i, 1)) {
    const UChar32 c = form.char32At(i);
    if (!u_isalnum(c) && !is_mark(c)) continue;
    letters |= u_isalpha(c) != 0;
    inner.append(c);
  }
  const bool framed = form.startsWith(u'(') || form.endsWith(u'.') || form.endsWith(u',');
  return !inner.isEmpty() && (letters || framed) ? inner : form;
}

Kind kind_of(const icu::UnicodeString& form) {
  bool digits = true;
  for (std::int32_t i = 0; i < form.length(); i = form.moveIndex32(i, 1)) {
    const UChar32 c = form.char32At(i);
    if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_NL_MASK)) != 0) return Kind::letter;
    digits &= c >= '0' && c <= '9';
  }
  return digits ? Kind::digit : Kind::symbol;
}

bool cannot_be_seen(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || u_charType(c) == U_CONTROL_CHAR ||
         (c >= 0xFFF9 && c <= 0xFFFB) || c == 0x0640;  // ARABIC TATWEEL only stretches
}

/// The number that a character stands for, as `❿`, which has no compatibility form.
std::optional<std::int32_t> number(UChar32 c) {
  const auto type = u_charType(c);
  if (type == U_DECIMAL_DIGIT_NUMBER) return u_charDigitValue(c);
  if (type != U_OTHER_NUMBER) return std::nullopt;
  const double value = u_getNumericValue(c);
  if (value < 0 || value > 99 || value != static_cast<std::int32_t>(value)) return std::nullopt;
  return static_cast<std::int32_t>(value);
}

FoldedCharacter Builder::character(UChar32 c, std::string& text) const {
  FoldedCharacter out;
  out.script = script_of(c);
  const auto become = [&](const icu::UnicodeString& form) {
    if (form != icu::UnicodeString(c)) text = utf8(form);
  };
  if (c == 0x200C || c == 0x200D) {
    out.kind = Kind::joiner;
  } else if (c == U'™' || c == U'℠') {
    out.kind = Kind::symbol;                       // no letters of the word before them
  } else if (u_isUWhiteSpace(c) || c == 0x2800) {  // BRAILLE PATTERN BLANK
    out.kind = Kind::space;
  } else if (cannot_be_seen(c)) {
    out.kind = Kind::nothing;
  } else if (is_mark(c)) {
    out.kind = Kind::mark;
  } else if (const auto known = punctuation.find(c); known != punctuation.end()) {
    become(icu::UnicodeString(static_cast<UChar32>(known->second)));
  } else if (u_charType(c) == U_DASH_PUNCTUATION) {
    become(icu::UnicodeString(u'-'));
  } else if (const auto value = number(c)) {
    out.kind = Kind::digit;
    text = std::to_string(*value);
    if (c < 0x80) text.clear();
    if (const auto sign = signs.find('0' + *value); sign != signs.end()) out.look = sign->second;
  } else if (const auto sign = signs.find(c); sign != signs.end()) {
    out.look = sign->second;
  } else {
    icu::UnicodeString form =
        without_frame(compatibility_form(c).findAndReplace(u"ʼ", u"'")).findAndReplace(u"⁄", u"/");
    // An accent that stands alone decomposes into a space and a mark.
    if (form.isEmpty() || u_isUWhiteSpace(form.char32At(0)) || is_mark(form.char32At(0)))
      form = icu::UnicodeString(c);
    out.kind = kind_of(form);
    if (const auto stop = punctuation.find(form.char32At(0));
        stop != punctuation.end() && form.countChar32() == 1)
      form = icu::UnicodeString(static_cast<UChar32>(stop->second));
    if (out.kind == Kind::symbol && form.countChar32() == 1) {
      const icu::UnicodeString like = skeleton(form.char32At(0));
      if (like.length() == 1 && like[0] < 0x80 && u_ispunct(like[0])) form = like;
    }
    if (out.kind == Kind::letter) {
      out.script = script_of(form.char32At(0));
      out.look = is_ascii_letter(form[0])               ? lower(form[0])
                 : out.script == FoldedCharacter::latin ? '\0'
                                                        : look(c);
    }
    become(form);
  }
  return out;
}

/// Whether the character's folding need not be asked for: the many of Han and Hangul, and all unassigned.
std::optional<FoldedCharacter> without_asking(UChar32 c) {
  FoldedCharacter out;
  if (c >= 0xAC00 && c <= 0xD7A3) {
    out.kind = Kind::letter;
    out.script = FoldedCharacter::hangul;
    return out;
  }
  if (u_hasBinaryProperty(c, UCHAR_UNIFIED_IDEOGRAPH)) {
    out.kind = Kind::letter;
    out.script = FoldedCharacter::han;
    return out;
  }
  if (!u_isdefined(c) && !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return out;
  return std::nullopt;
}

}  // namespace

FoldTables::FoldTables() {
  const Builder builder;
  const auto plain = [](const FoldedCharacter& character) {
    return character.length == 0 && character.look == 0;
  };
  std::map<std::pair<Kind, std::uint8_t>, std::uint16_t> uniform;  // pages of characters all alike
  std::array<FoldedCharacter, page> room;
  std::string text;
  for (char32_t first = 0; first < end; first += page) {
    bool alike = true;
    for (char32_t i = 0; i < page; ++i) {
      const auto c = static_cast<UChar32>(first + i);
      FoldedCharacter& out = room[i];
      text.clear();
      const auto known = without_asking(c);
      out = known ? *known : builder.character(c, text);
      if (text.size() <= longest_growth * static_cast<std::size_t>(U8_LENGTH(c)) && !text.empty()) {
        out.at = static_cast<std::uint32_t>(store_.size());
        out.length = static_cast<std::uint8_t>(text.size());
        store_ += text;
      }
      alike &= plain(out) && out.kind == room[0].kind && out.script == room[0].script;
    }
    const auto next = static_cast<std::uint16_t>(characters_.size() / page);
    if (alike) {
      const auto [at, added] = uniform.emplace(std::pair{room[0].kind, room[0].script}, next);
      pages_[first / page] = at->second;
      if (!added) continue;
    }
    pages_[first / page] = next;
    characters_.insert(characters_.end(), room.begin(), room.end());
  }
  store_.shrink_to_fit();
  characters_.shrink_to_fit();
}

}  // namespace tollgate
