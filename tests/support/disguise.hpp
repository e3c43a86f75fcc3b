#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::test {

/// A text taken apart, to be disguised: its words letter by letter, and what stands between them. Words are
/// of three letters or more; those of URLs, of e-mail addresses and with digits are not taken for words.
class Disguisable {
 public:
  struct Part {
    bool word = false;
    std::vector<std::string> letters;  ///< of a word: its characters, with what was put to them
    std::string joint;                 ///< of a word: what stands between its letters
    std::string text;                  ///< of other parts
  };

  explicit Disguisable(std::string_view text);
  std::vector<Part>& parts() { return parts_; }
  std::string text() const;

 private:
  std::vector<Part> parts_;
};

/// One way to make a text look the same to people and different to machines.
struct Disguise {
  enum class Kind : std::uint8_t {
    alphabet,   ///< compatibility forms
    script,     ///< letters of other scripts that look alike
    invisible,  ///< characters and marks between letters
    digit,      ///< digits for letters
    sign,       ///< signs for letters
    odd_case,   ///< capital I for small l, small l for capital I
    joint,      ///< something between all letters of a word
    letter_case,
    repetition,  ///< of punctuation, of blanks
  };
  const char* name;
  Kind kind;
  void (*put_on)(Disguisable&);
};

/// All of them. Each leaves alone what it cannot be put on, as a letter that is no ASCII letter any more.
std::span<const Disguise> disguises();

}  // namespace tollgate::test
