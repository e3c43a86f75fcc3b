#include "message/fold_word.hpp"

#include <algorithm>

namespace tollgate {
namespace {

using Kind = FoldedCharacter::Kind;

bool is_vowel(char c) {
  switch (c) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y': return true;
    default: return false;
  }
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool looks_like_a_digit(char c) { return c == 'o' || c == 'O' || c == 'l' || c == 'I'; }

struct Counts {
  std::size_t letters = 0;
  std::size_t digits = 0;
  std::size_t signs = 0;
  std::size_t leading_digits = 0;
  std::size_t trailing_digits = 0;
  std::size_t upper = 0;
  std::size_t lower = 0;
  std::size_t lower_l = 0;
  std::size_t inner_i = 0;      ///< capitals I but the first character
  std::size_t inner_upper = 0;  ///< capitals but the first character
  std::size_t like_digits = 0;  ///< letters that could be digits
  std::uint8_t script = 0;      ///< of the letters
  bool several_scripts = false;
  bool letters_look_ascii = true;
  bool digits_look_ascii = true;
};

void count_letter(Counts& n, const WordCharacter& c, bool first) {
  ++n.letters;
  n.trailing_digits = 0;
  n.letters_look_ascii &= c.folded->look != 0;
  if (n.script == FoldedCharacter::none) n.script = c.folded->script;
  n.several_scripts |= n.script != c.folded->script && c.folded->script != FoldedCharacter::none;
  if (is_upper(c.ascii)) {
    ++n.upper;
    if (!first) ++n.inner_upper;
    if (!first && c.ascii == 'I') ++n.inner_i;
  } else if (is_lower(c.ascii)) {
    ++n.lower;
    if (c.ascii == 'l') ++n.lower_l;
  }
  if (looks_like_a_digit(c.ascii)) ++n.like_digits;
}

Counts count(const Word& word) {
  Counts n;
  for (const WordCharacter& c : word) {
    const bool first = &c == word.begin();
    if (c.folded->kind == Kind::letter) {
      count_letter(n, c, first);
    } else if (c.folded->kind == Kind::digit) {
      ++n.digits;
      ++n.trailing_digits;
      if (n.letters + n.signs == 0) ++n.leading_digits;
      n.digits_look_ascii &= c.folded->look != 0;
    } else if (c.folded->kind == Kind::symbol) {
      ++n.signs;
      n.trailing_digits = 0;
    }
  }
  return n;
}

/// Whether digits among letters are put for letters, and not a number with its unit (`10am`, `50mg`, `4G`),
/// a model or a level (`PS5`, `b4`), a code (`A1B2C3`).
bool digits_are_letters(const Word& word, const Counts& n) {
  if (n.digits + n.signs == 0 || !n.digits_look_ascii || n.letters < 2 || n.digits > n.letters) return false;
  if (n.signs > 0) return true;
  if (n.leading_digits == n.digits) return n.digits == 1 && (n.letters >= 3 || word[0].ascii == '0');
  if (n.trailing_digits == n.digits) {
    const std::size_t end = word.size();
    const bool twice = n.digits == 2 && word[end - 1].ascii == word[end - 2].ascii;
    return twice || (n.digits == 1 && n.letters >= 3);
  }
  return true;
}

/// The ASCII letter that a neighbour is read as; 0 beyond the word's ends.
char neighbour(const Word& word, std::size_t i) {
  return i < word.size() && !is_either_l_or_i(word[i]) ? word[i].folded->look : '\0';
}

/// What 1 is put for: i between consonants (`g1ft`) and before one at the beginning (`1nvoice`), else l.
char l_or_i(const Word& word, std::size_t i) {
  const char before = i == 0 ? '\0' : neighbour(word, i - 1);
  const char after = neighbour(word, i + 1);
  return !is_vowel(before) && after != 0 && !is_vowel(after) ? 'i' : 'l';
}

std::uint64_t mixed_scripts(const Word& word) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    std::uint64_t part = 0;
    std::uint8_t script = FoldedCharacter::none;
    bool several = false;
    bool look_ascii = true;
    for (; i < word.size() && word[i].folded->kind != Kind::symbol; ++i) {
      part |= std::uint64_t{1} << i;
      if (word[i].folded->kind != Kind::letter) continue;
      look_ascii &= word[i].folded->look != 0;
      const std::uint8_t own = word[i].folded->script;
      if (own == FoldedCharacter::none) continue;
      several |= script != FoldedCharacter::none && own != script;
      script = own;
    }
    if (several && look_ascii) all |= part;
  }
  return all;
}

}  // namespace

bool is_either_l_or_i(const WordCharacter& c) {
  return c.folded->look == 'l' && (c.folded->kind == Kind::digit || c.ascii == '|');
}

Spelling spelling_of(const Word& word, bool among_ascii) {
  Spelling out;
  if (!among_ascii && word.is_of_other_script()) return out;
  const Counts n = count(word);
  if (n.several_scripts) out.mixed_scripts = mixed_scripts(word);
  if (n.letters == 0 || !n.letters_look_ascii) return out;
  const bool latin = n.script == FoldedCharacter::latin;
  // Signs and digits that are letters may be what keeps the scripts apart, or what makes the word long
  // enough.
  const bool long_enough = n.letters >= 2 && n.letters + n.digits + n.signs >= 3;
  out.other_script = n.several_scripts ? n.signs > 0 : among_ascii && !latin && long_enough;
  // A word of another script stays, and so do the digits in it.
  if (!latin && !n.several_scripts && !out.other_script) return out;

  if (n.digits > 0 && (n.digits >= n.letters || n.leading_digits > 0) && n.like_digits == n.letters &&
      n.signs == 0) {
    out.letters_as_digits = true;
    return out;
  }
  out.signs_as_letters = digits_are_letters(word, n);
  if (n.lower > 0 && n.inner_upper == n.inner_i) {
    out.capital_i_as_l = n.inner_i > 0;
    out.initial_i_as_l =
        word[0].ascii == 'I' && word.size() > 2 && (word[1].ascii == 'I' || is_vowel(word[1].folded->look));
  }
  out.small_l_as_i = n.upper >= 2 && n.lower > 0 && n.lower_l == n.lower;
  return out;
}

char spelled(const Word& word, std::size_t i, const Spelling& spelling, Guesses guesses) {
  const WordCharacter& c = word[i];
  const char look = c.folded->look;
  const bool letter = c.folded->kind == Kind::letter;
  if (letter && look != 0 && c.folded->script != FoldedCharacter::latin &&
      ((spelling.mixed_scripts >> i & 1U) != 0 || (guesses != Guesses::none && spelling.other_script)))
    return look;
  if (guesses == Guesses::none) return 0;
  if (letter) {
    if (spelling.letters_as_digits) return c.ascii == 'o' || c.ascii == 'O' ? '0' : '1';
    if (c.ascii == 'I' && (i == 0 ? spelling.initial_i_as_l : spelling.capital_i_as_l)) return 'l';
    if (c.ascii == 'l' && spelling.small_l_as_i) return 'i';
    return 0;
  }
  if (!spelling.signs_as_letters || look == 0) return 0;
  if (!is_either_l_or_i(c)) return look;
  if (guesses == Guesses::by_neighbours) return l_or_i(word, i);
  return guesses == Guesses::all_l ? 'l' : 'i';
}

}  // namespace tollgate
