#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "message/fold_tables.hpp"

namespace tollgate {

/// A character of a word and where it stands in the text.
struct WordCharacter {
  const FoldedCharacter* folded;
  std::uint32_t from;
  std::uint8_t octets;
  char ascii;  ///< the character itself; 0 where it is not ASCII
};

/// Letters, digits and signs that stand together, with what cannot be seen already left out. Of a longer one
/// the rest is a word of its own.
class Word {
 public:
  static constexpr std::size_t longest = 64;

  void clear() {
    size_ = 0;
    kinds_ = 0;
    scripts_ = 0;
  }
  void cut_to_first();
  bool full() const { return size_ == longest; }
  std::size_t size() const { return size_; }
  const WordCharacter& operator[](std::size_t i) const { return characters_[i]; }
  const WordCharacter* begin() const { return characters_.data(); }
  const WordCharacter* end() const { return characters_.data() + size_; }

  /// Precondition: not full.
  void add(const WordCharacter& character) {
    characters_[size_++] = character;
    kinds_ |= 1U << static_cast<unsigned>(character.folded->kind);
    scripts_ |= std::uint64_t{1} << character.folded->script % 64U;
  }

  /// Whether there are letters alone, with their marks, and of one script that is not Latin.
  bool is_of_other_script() const {
    constexpr unsigned beside = 1U << static_cast<unsigned>(FoldedCharacter::Kind::digit) |
                                1U << static_cast<unsigned>(FoldedCharacter::Kind::symbol);
    return (kinds_ & beside) == 0 && (scripts_ & (scripts_ - 1)) == 0 &&
           characters_[0].folded->script > FoldedCharacter::latin;
  }

 private:
  std::array<WordCharacter, longest> characters_;
  std::size_t size_ = 0;
  unsigned kinds_ = 0;         // 1 << kind
  std::uint64_t scripts_ = 0;  // 1 << script, of 64 by 64
};

inline void Word::cut_to_first() {
  const WordCharacter first = characters_[0];
  clear();
  add(first);
}

/// How the letters of a word are to be read.
struct Spelling {
  // Certain: part of every reading.
  // The characters, by their bit, that stand between signs with letters of several scripts, of which each is
  // or looks like an ASCII letter.
  std::uint64_t mixed_scripts = 0;
  // Guesses: part of the other readings.
  bool signs_as_letters = false;   ///< `acc0unt`, `ca$h`
  bool letters_as_digits = false;  ///< `O8OO`
  bool capital_i_as_l = false;     ///< `heIp`
  bool initial_i_as_l = false;     ///< `Iogin`
  bool small_l_as_i = false;       ///< `lNVOICE`
  bool other_script = false;       ///< a word that is wholly of another script, and looks like ASCII letters

  bool guesses() const {
    return signs_as_letters || letters_as_digits || capital_i_as_l || initial_i_as_l || small_l_as_i ||
           other_script;
  }
};

/// `among_ascii`: the text around the word is mostly ASCII.
Spelling spelling_of(const Word& word, bool among_ascii);

/// Which guesses a reading takes.
enum class Guesses : std::uint8_t {
  none,
  by_neighbours,  ///< all, and 1 and | for l or i by what stands beside them
  all_l,          ///< all, and 1 and | for l
  all_i,          ///< all, and 1 and | for i
};

bool is_either_l_or_i(const WordCharacter& c);

/// The ASCII character to put for the i-th of `word` with such guesses; 0 where its folded form is to be put.
char spelled(const Word& word, std::size_t i, const Spelling& spelling, Guesses guesses);

}  // namespace tollgate
