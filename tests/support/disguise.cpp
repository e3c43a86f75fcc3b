#include "support/disguise.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tollgate::test {
namespace {

using Part = Disguisable::Part;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_ascii_letter(std::string_view c) { return c.size() == 1 && (is_upper(c[0]) || is_lower(c[0])); }
bool is_mark(char c) { return c > ' ' && c < 0x7F && !is_upper(c) && !is_lower(c); }
char upper(char c) { return is_lower(c) ? static_cast<char>(c - 0x20) : c; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c + 0x20) : c; }

/// Letters of the texts that are disguised: ASCII's and those of Latin-1 and Latin Extended-A.
bool is_letter(std::string_view c) {
  if (is_ascii_letter(c)) return true;
  const auto lead = static_cast<unsigned char>(c[0]);
  return lead >= 0xC3 && lead <= 0xC5;
}

std::vector<std::string> characters(std::string_view text) {
  std::vector<std::string> all;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80 && !all.empty()) all.back() += c;
    else all.emplace_back(1, c);
  }
  return all;
}

bool has_words(std::string_view token) {
  const bool url = token.find('/') != token.npos || token.find('@') != token.npos;
  const std::size_t dot = token.find('.');
  const bool host = dot != token.npos && dot + 1 < token.size() && token[dot + 1] != '.';
  return !url && !host && token.find_first_of("0123456789") == token.npos;
}

std::string utf8(char32_t c) {
  std::string out;
  const auto octet = [&](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) {
    octet(c);
  } else if (c < 0x800) {
    octet(0xC0 | c >> 6U);
    octet(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    octet(0xE0 | c >> 12U);
    octet(0x80 | (c >> 6U & 0x3F));
    octet(0x80 | (c & 0x3F));
  } else {
    octet(0xF0 | c >> 18U);
    octet(0x80 | (c >> 12U & 0x3F));
    octet(0x80 | (c >> 6U & 0x3F));
    octet(0x80 | (c & 0x3F));
  }
  return out;
}

template <class Change>
void each_word(Disguisable& text, Change change) {
  for (Part& part : text.parts()) {
    if (part.word) change(part);
  }
}

/// Puts what `form` gives for an ASCII letter in its place; where it gives nothing, the letter stays.
template <class Form>
void each_letter(Disguisable& text, Form form) {
  each_word(text, [&](Part& word) {
    for (std::string& letter : word.letters) {
      if (!is_ascii_letter(letter)) continue;
      if (const std::string other = form(letter[0]); !other.empty()) letter = other;
    }
  });
}

/// Alphabets of which the letters follow each other.
void alphabet(Disguisable& text, char32_t capital_a, char32_t small_a) {
  each_letter(text, [&](char c) {
    return is_upper(c) ? utf8(capital_a + static_cast<char32_t>(c - 'A'))
                       : utf8(small_a + static_cast<char32_t>(c - 'a'));
  });
}

void fullwidth(Disguisable& text) { alphabet(text, U'Ａ', U'ａ'); }
void mathematical(Disguisable& text) { alphabet(text, U'𝐀', U'𝐚'); }
void circled(Disguisable& text) { alphabet(text, U'Ⓐ', U'ⓐ'); }
void dark(Disguisable& text) { alphabet(text, U'🅐', U'🅐'); }

using Letters = std::map<char, const char*>;

void replace(Disguisable& text, const Letters& letters) {
  each_letter(text, [&](char c) {
    const auto found = letters.find(c);
    return found == letters.end() ? std::string() : std::string(found->second);
  });
}

void small_capitals(Disguisable& text) {
  replace(text,
          {{'a', "ᴀ"}, {'b', "ʙ"}, {'c', "ᴄ"}, {'d', "ᴅ"}, {'e', "ᴇ"}, {'f', "ꜰ"}, {'g', "ɢ"}, {'h', "ʜ"},
           {'i', "ɪ"}, {'j', "ᴊ"}, {'k', "ᴋ"}, {'l', "ʟ"}, {'m', "ᴍ"}, {'n', "ɴ"}, {'o', "ᴏ"}, {'p', "ᴘ"},
           {'r', "ʀ"}, {'s', "ꜱ"}, {'t', "ᴛ"}, {'u', "ᴜ"}, {'v', "ᴠ"}, {'w', "ᴡ"}, {'y', "ʏ"}, {'z', "ᴢ"}});
}

void superscripts(Disguisable& text) {
  replace(text,
          {{'a', "ᵃ"}, {'b', "ᵇ"}, {'c', "ᶜ"}, {'d', "ᵈ"}, {'e', "ᵉ"}, {'f', "ᶠ"}, {'g', "ᵍ"}, {'h', "ʰ"},
           {'i', "ⁱ"}, {'k', "ᵏ"}, {'l', "ˡ"}, {'m', "ᵐ"}, {'n', "ⁿ"}, {'o', "ᵒ"}, {'p', "ᵖ"}, {'r', "ʳ"},
           {'s', "ˢ"}, {'t', "ᵗ"}, {'u', "ᵘ"}, {'v', "ᵛ"}, {'w', "ʷ"}, {'y', "ʸ"}, {'z', "ᶻ"}});
}

void cyrillic(Disguisable& text) {
  replace(text,
          {{'a', "а"}, {'c', "с"}, {'e', "е"}, {'i', "і"}, {'j', "ј"}, {'o', "о"}, {'p', "р"}, {'s', "ѕ"},
           {'x', "х"}, {'y', "у"}, {'A', "А"}, {'B', "В"}, {'C', "С"}, {'E', "Е"}, {'H', "Н"}, {'I', "І"},
           {'K', "К"}, {'M', "М"}, {'O', "О"}, {'P', "Р"}, {'T', "Т"}, {'X', "Х"}, {'Y', "У"}});
}

void greek(Disguisable& text) {
  replace(text,
          {{'a', "α"}, {'i', "ι"}, {'k', "κ"}, {'n', "η"}, {'o', "ο"}, {'p', "ρ"}, {'t', "τ"}, {'u', "υ"},
           {'v', "ν"}, {'w', "ω"}, {'A', "Α"}, {'B', "Β"}, {'E', "Ε"}, {'H', "Η"}, {'I', "Ι"}, {'K', "Κ"},
           {'M', "Μ"}, {'N', "Ν"}, {'O', "Ο"}, {'P', "Ρ"}, {'T', "Τ"}, {'Y', "Υ"}, {'Z', "Ζ"}});
}

void other_scripts(Disguisable& text) {
  replace(text, {{'a', "ɑ"}, {'c', "ⅽ"}, {'g', "ց"},   {'h', "հ"}, {'i', "Ꭵ"},   {'l', "ⅼ"},   {'n', "ո"},
                 {'o', "օ"}, {'q', "զ"}, {'s', "ꮪ"}, {'u', "ս"}, {'v', "ꮩ"}, {'w', "ꮃ"}, {'z', "ꮓ"},
                 {'A', "Ꭺ"}, {'D', "Ꭰ"}, {'L', "Ꮮ"},   {'P', "Ꮲ"}, {'R', "Ꮢ"},   {'S', "Տ"},   {'W', "Ꮃ"}});
}

/// Puts something behind each letter but the last.
template <std::size_t n>
void put_between(Disguisable& text, const std::array<const char*, n>& what) {
  each_word(text, [&](Part& word) {
    for (std::size_t i = 0; i + 1 < word.letters.size(); ++i) word.letters[i] += what[i % n];
  });
}

void zero_width(Disguisable& text) {
  put_between<7>(text, {"\u200B", "\u200C", "\u200D", "\u00AD", "\u2060", "\uFEFF", "\uFE0F"});
}
void combining(Disguisable& text) {
  put_between<6>(text, {"\u0301", "\u0336", "\u0323", "\u035C", "\u20DD", "\u0489"});
}
void bidirectional(Disguisable& text) {
  put_between<4>(text, {"\u200E", "\u202C", "\u2068", "\u061C"});
  each_word(text, [](Part& word) {
    word.letters.front().insert(0, "\u202D");
    word.letters.back() += "\u202C";
  });
}

const Letters like_digits = {{'o', "0"}, {'e', "3"}, {'a', "4"}, {'s', "5"}, {'t', "7"},
                             {'O', "0"}, {'E', "3"}, {'A', "4"}, {'S', "5"}, {'T', "7"}};
const Letters like_signs = {{'a', "@"}, {'s', "$"}, {'e', "€"}, {'A', "@"}, {'S', "$"}, {'E', "€"}};

/// In each word, `most` of the letters that have a likeness, or as many as leave half of it letters; the
/// first and the last letter `ends` too.
void put_for_letters(Disguisable& text, const Letters& likenesses, std::size_t most, bool ends) {
  each_word(text, [&](Part& word) {
    const auto others = static_cast<std::size_t>(
        std::count_if(word.letters.begin(), word.letters.end(),
                      [](const std::string& c) { return (c[0] >= '0' && c[0] <= '9') || is_mark(c[0]); }));
    const std::size_t half = word.letters.size() / 2;
    std::size_t left = others < half ? std::min(most, half - others) : 0;
    const std::size_t skipped = ends ? 0 : 1;
    for (std::size_t i = skipped; i + skipped < word.letters.size() && left > 0; ++i) {
      std::string& letter = word.letters[i];
      const auto found = is_ascii_letter(letter) ? likenesses.find(letter[0]) : likenesses.end();
      if (found == likenesses.end()) continue;
      letter = found->second;
      --left;
    }
  });
}

void one_digit(Disguisable& text) { put_for_letters(text, like_digits, 1, false); }
void digits(Disguisable& text) { put_for_letters(text, like_digits, 64, false); }
void one_for_i(Disguisable& text) { put_for_letters(text, {{'i', "1"}, {'I', "1"}}, 64, true); }
void one_for_l(Disguisable& text) { put_for_letters(text, {{'l', "1"}, {'L', "1"}}, 64, true); }
void stroke_for_l(Disguisable& text) { put_for_letters(text, {{'l', "|"}, {'L', "|"}}, 64, true); }
void exclamation_for_i(Disguisable& text) { put_for_letters(text, {{'i', "!"}}, 64, false); }
void signs(Disguisable& text) { put_for_letters(text, like_signs, 64, true); }

/// `Iocked`: in words of small letters.
void capital_i_for_l(Disguisable& text) {
  each_word(text, [](Part& word) {
    const auto begin = word.letters.begin() + 1;
    if (!std::all_of(begin, word.letters.end(),
                     [](const std::string& c) { return !is_ascii_letter(c) || is_lower(c[0]); }))
      return;
    for (std::string& letter : word.letters) {
      if (letter == "l") letter = "I";
    }
  });
}

/// `DEBlT`: in words of capitals, which the words become.
void small_l_for_i(Disguisable& text) {
  each_letter(text, [](char c) { return std::string(1, lower(c) == 'i' ? 'l' : upper(c)); });
}

void put_joints(Disguisable& text, const char* joint) {
  each_word(text, [&](Part& word) { word.joint = joint; });
}

void repeat_blanks(Disguisable& text, std::string_view blanks) {
  for (Part& part : text.parts()) {
    std::string repeated;
    for (const char c : part.text) repeated += c == ' ' ? blanks : std::string_view(&c, 1);
    part.text = repeated;
  }
}

/// Words are set apart by more than their letters are, as people do.
void spaced_out(Disguisable& text) {
  put_joints(text, " ");
  repeat_blanks(text, "   ");
}
void dotted_out(Disguisable& text) { put_joints(text, "."); }
void with_hyphens(Disguisable& text) { put_joints(text, "-"); }
void with_underscores(Disguisable& text) { put_joints(text, "_"); }
void with_asterisks(Disguisable& text) { put_joints(text, "*"); }
void with_strokes(Disguisable& text) { put_joints(text, "/"); }
void with_middle_dots(Disguisable& text) { put_joints(text, "·"); }
void with_commas(Disguisable& text) { put_joints(text, ","); }
void with_plus_signs(Disguisable& text) { put_joints(text, "+"); }
void with_tildes(Disguisable& text) { put_joints(text, "~"); }
void with_bullets(Disguisable& text) { put_joints(text, " • "); }
void with_no_break_spaces(Disguisable& text) { put_joints(text, "\u00A0"); }
void with_repeated_dots(Disguisable& text) { put_joints(text, "..."); }

void capitals(Disguisable& text) {
  each_letter(text, [](char c) { return std::string(1, upper(c)); });
}
void alternating_case(Disguisable& text) {
  each_word(text, [](Part& word) {
    for (std::size_t i = 0; i < word.letters.size(); ++i) {
      std::string& c = word.letters[i];
      if (is_ascii_letter(c)) c[0] = i % 2 == 0 ? lower(c[0]) : upper(c[0]);
    }
  });
}

void repeated_punctuation(Disguisable& text) {
  for (Part& part : text.parts()) {
    if (part.word || !has_words(part.text)) continue;
    std::string repeated;
    for (const char c : part.text) repeated.append(is_mark(c) ? 3 : 1, c);
    part.text = repeated;
  }
}
void repeated_blanks(Disguisable& text) { repeat_blanks(text, " \t \u00A0\r\n \u3000"); }

using Kind = Disguise::Kind;

constexpr Disguise all_disguises[] = {
    {"fullwidth", Kind::alphabet, fullwidth},
    {"mathematical", Kind::alphabet, mathematical},
    {"circled", Kind::alphabet, circled},
    {"on_a_dark_ground", Kind::alphabet, dark},
    {"small_capitals", Kind::alphabet, small_capitals},
    {"superscripts", Kind::alphabet, superscripts},
    {"cyrillic", Kind::script, cyrillic},
    {"greek", Kind::script, greek},
    {"other_scripts", Kind::script, other_scripts},
    {"zero_width", Kind::invisible, zero_width},
    {"combining", Kind::invisible, combining},
    {"bidirectional", Kind::invisible, bidirectional},
    {"one_digit", Kind::digit, one_digit},
    {"digits", Kind::digit, digits},
    {"one_for_i", Kind::digit, one_for_i},
    {"one_for_l", Kind::digit, one_for_l},
    {"stroke_for_l", Kind::sign, stroke_for_l},
    {"exclamation_for_i", Kind::sign, exclamation_for_i},
    {"signs", Kind::sign, signs},
    {"capital_i_for_l", Kind::odd_case, capital_i_for_l},
    {"small_l_for_i", Kind::odd_case, small_l_for_i},
    {"spaced_out", Kind::joint, spaced_out},
    {"dotted_out", Kind::joint, dotted_out},
    {"with_hyphens", Kind::joint, with_hyphens},
    {"with_underscores", Kind::joint, with_underscores},
    {"with_asterisks", Kind::joint, with_asterisks},
    {"with_strokes", Kind::joint, with_strokes},
    {"with_middle_dots", Kind::joint, with_middle_dots},
    {"with_commas", Kind::joint, with_commas},
    {"with_plus_signs", Kind::joint, with_plus_signs},
    {"with_tildes", Kind::joint, with_tildes},
    {"with_bullets", Kind::joint, with_bullets},
    {"with_no_break_spaces", Kind::joint, with_no_break_spaces},
    {"with_repeated_dots", Kind::joint, with_repeated_dots},
    {"capitals", Kind::letter_case, capitals},
    {"alternating_case", Kind::letter_case, alternating_case},
    {"repeated_punctuation", Kind::repetition, repeated_punctuation},
    {"repeated_blanks", Kind::repetition, repeated_blanks},
};

}  // namespace

Disguisable::Disguisable(std::string_view text) {
  const auto add = [this](std::string_view what) {
    std::vector<std::string> word;
    const auto end_word = [&] {
      if (word.size() >= 3) {
        parts_.push_back({true, word, {}, {}});
      } else {
        for (const std::string& c : word) {
          if (parts_.empty() || parts_.back().word) parts_.emplace_back();
          parts_.back().text += c;
        }
      }
      word.clear();
    };
    for (const std::string& c : characters(what)) {
      if (is_letter(c)) {
        word.push_back(c);
        continue;
      }
      end_word();
      if (parts_.empty() || parts_.back().word) parts_.emplace_back();
      parts_.back().text += c;
    }
    end_word();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view token = text.substr(at, end - at);
    if (has_words(token)) add(token);
    else parts_.push_back({false, {}, {}, std::string(token)});
    if (end < text.size()) parts_.push_back({false, {}, {}, " "});
    at = end + 1;
  }
}

std::string Disguisable::text() const {
  std::string text;
  for (const Part& part : parts_) {
    text += part.text;
    for (std::size_t i = 0; i < part.letters.size(); ++i)
      text += (i == 0 ? std::string() : part.joint) + part.letters[i];
  }
  return text;
}

std::span<const Disguise> disguises() { return all_disguises; }

}  // namespace tollgate::test
