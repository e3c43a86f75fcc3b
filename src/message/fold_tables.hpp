#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate {

/// What a character becomes when text is folded.
struct FoldedCharacter {
  enum class Kind : std::uint8_t {
    symbol,   ///< punctuation, signs, pictures
    letter,   ///< of any script, and what stands for letters (`㎏`)
    digit,    ///< decimal digits of any script, and numbers made of them (`⑫`)
    mark,     ///< combining
    joiner,   ///< U+200C, U+200D
    space,    ///< every blank and line break
    nothing,  ///< cannot be seen: left out
  };
  /// `latin` to `cyrillic` lose their marks, `latin` to `hangul` their joiners. Others stand after these.
  enum Script : std::uint8_t { none, latin, greek, cyrillic, han, kana, hangul, others };

  std::uint32_t at = 0;     ///< of the folded form, in the tables' own store
  std::uint8_t length = 0;  ///< its octets; 0 where the character stays as it is
  Kind kind = Kind::symbol;
  char look = 0;  ///< the small ASCII letter that it is, begins with or looks like; 0 where there is none
  std::uint8_t script = none;
};

/// What folding knows of characters: compatibility forms and case (NFKC_Casefold), confusable characters
/// (UTS #39), scripts, marks, all of them ICU's, and little beside. Never changed after it was made, so that
/// all workers share one.
class FoldTables {
 public:
  /// Takes tens of milliseconds and allocates. Throws std::runtime_error where ICU's data cannot be had.
  FoldTables();

  /// A folded form has no more than so many times the octets of the character it stands for. The few longer
  /// forms of compatibility characters (U+FDFA is eighteen letters) are not used.
  static constexpr std::size_t longest_growth = 3;

  const FoldedCharacter& operator[](char32_t c) const {
    return c < end ? characters_[std::size_t{pages_[c / page]} * page + c % page] : beyond_;
  }

  /// The folded form of `character`, in UTF-8; empty where it stays as it is.
  std::string_view text(const FoldedCharacter& character) const {
    return {store_.data() + character.at, character.length};
  }

 private:
  static constexpr char32_t page = 128;
  static constexpr char32_t end = 0x110000;

  std::array<std::uint16_t, end / page> pages_{};  ///< most are the same: unassigned, Han, Hangul
  std::vector<FoldedCharacter> characters_;
  std::string store_;
  FoldedCharacter beyond_;
};

}  // namespace tollgate
