#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "message/fold_survey.hpp"
#include "message/fold_tables.hpp"

namespace tollgate {

/// The octets or code points from `begin` up to but without `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A text folded for matching, in up to four readings, with a map back. Owned by a worker, which uses it for
/// one text after another; its views and its map are valid until the next `fold` and while the text is.
///
/// Reading 0 is always there and takes nothing for what it may not be. Where something in the text can be
/// read in another way as well (`acc0unt`, `Iocked`, `v e r i f y`), reading 1 has all of these at once.
/// Where 1 or | was read as l or i there, by its neighbours, the readings behind it have l throughout and i
/// throughout. A pattern matches a text where it matches any of its readings.
class FoldedText {
 public:
  /// The longest text that a message has: 255 parts of 1,024 octets.
  static constexpr std::size_t longest = 1U << 18U;

  /// Allocates for texts of up to `most` octets, once: 64 octets for each, touched only as they are used.
  explicit FoldedText(std::size_t most = longest);

  std::size_t readings() const { return readings_; }

  /// Precondition: i < readings(). Always valid UTF-8; no longer than three times the text.
  std::string_view reading(std::size_t i) const { return {readings_of_[i].shown, readings_of_[i].size}; }

  /// What of the text, in octets and whole characters, made the octets [from, to) of reading i. Monotone in
  /// both. Precondition: from <= to <= reading(i).size().
  Span origin(std::size_t i, std::size_t from, std::size_t to) const;

  /// Whether the text was longer than what was allocated for, and only its beginning was folded.
  bool cut() const { return cut_; }

 private:
  friend class Folder;
  friend void fold(const FoldTables& tables, std::string_view text, FoldedText& out);

  /// Octets of a reading, up to the next piece, that come from [from, to) of the text: one for one where
  /// both are of one length, else all from all.
  struct Piece {
    std::uint32_t at;
    std::uint32_t from;
    std::uint32_t to;
  };
  /// Room with survey_margin around it.
  class Padded {
   public:
    explicit Padded(std::size_t most)
        : room_(std::make_unique_for_overwrite<char[]>(survey_margin + most + survey_margin)) {}
    char* at() { return room_.get() + survey_margin; }

   private:
    std::unique_ptr<char[]> room_;
  };
  struct Reading {
    std::unique_ptr<char[]> room;
    std::unique_ptr<Piece[]> pieces;
    const char* shown = nullptr;
    std::size_t size = 0;
    std::size_t piece_count = 0;
  };

  std::size_t longest_;
  std::string_view text_;  ///< as far as it was folded
  Padded padded_;          ///< the text; the others are what `survey` says of it
  Padded lowered_;
  Padded marked_;
  Padded alnum_;
  std::array<Reading, 4> readings_of_;
  std::size_t readings_ = 0;
  bool cut_ = false;
};

/// Folds `text` into `out`. Never allocates and never throws; takes time linear in the text. What is not
/// UTF-8 becomes U+FFFD.
///
/// - Compatibility forms and case as NFKC_Casefold, decimal digits of all scripts as ASCII's; Latin letters
///   become ASCII ones; Latin, Greek and Cyrillic lose marks and joiners; what cannot be seen is left out.
/// - Quotes, dashes and stops become ASCII's; a punctuation mark that is repeated stands once, but for the
///   strokes of `://`; blanks and line breaks become one space, and none at the beginning and end.
/// - Words that mix scripts become ASCII where each of their letters looks like an ASCII letter.
/// - In the other readings: digits and signs are letters in words that mix them (not in the path of a URL),
///   O and l are digits in numbers, I and l stand for each other where the case is odd, letters of another
///   script are ASCII ones in a word of three or more that look so, in a text mostly ASCII or with words that
///   mix scripts; three or more letters that stand alone, with the same between them (one to four characters,
///   blanks and one kind of symbol), are one word.
///
/// Folding reading 0 again leaves it as it is (a word of more than 64 characters is folded in parts, and may
/// then change). Not undone: `rn` for m and `vv` for w, 2, 6, 8 and 9 for letters, two digits that a word
/// begins with or different ones that it ends with, words broken in parts of more than one letter or by
/// different symbols, text turned round by U+202E.
void fold(const FoldTables& tables, std::string_view text, FoldedText& out);

/// Octets of UTF-8 `text` as code points of it. Precondition: octets lie inside.
Span code_points(std::string_view text, Span octets);

}  // namespace tollgate
