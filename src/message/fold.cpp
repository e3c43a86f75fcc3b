#include "message/fold.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "message/fold_survey.hpp"
#include "message/fold_word.hpp"

namespace tollgate {
namespace {

using Kind = FoldedCharacter::Kind;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Decoded {
  char32_t c;
  std::uint8_t octets;
  bool valid;
};

/// The character at `at`. The three octets behind it can be read: the margin at the text's end.
Decoded decode(const char* at) {
  const auto octet = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  const unsigned lead = octet(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4 || !is_continuation(at[1])) return {0xFFFD, 1, false};
  if (lead < 0xE0) return {(lead & 0x1FU) << 6U | (octet(1) & 0x3FU), 2, true};
  if (!is_continuation(at[2])) return {0xFFFD, 1, false};
  if (lead < 0xF0) {
    const char32_t c = (lead & 0xFU) << 12U | (octet(1) & 0x3FU) << 6U | (octet(2) & 0x3FU);
    if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF)) return {0xFFFD, 1, false};
    return {c, 3, true};
  }
  if (!is_continuation(at[3])) return {0xFFFD, 1, false};
  const char32_t c =
      (lead & 7U) << 18U | (octet(1) & 0x3FU) << 12U | (octet(2) & 0x3FU) << 6U | (octet(3) & 0x3FU);
  if (c < 0x10000 || c > 0x10FFFF) return {0xFFFD, 1, false};
  return {c, 4, true};
}

}  // namespace

/// Writes one reading. What is not marked is copied; what is, goes word by word.
class Folder {
 public:
  Folder(const FoldTables& tables, FoldedText& out)
      : tables_(tables), out_(out), text_(out.padded_.at()), size_(out.text_.size()) {
    const auto high =
        std::count_if(text_, text_ + size_, [](char c) { return static_cast<signed char>(c) < 0; });
    among_ascii_ = static_cast<std::size_t>(high) * 2 < size_;
  }

  void write(Guesses guesses);

  /// Of what was met while writing the first reading.
  bool has_guesses() const { return has_guesses_; }
  /// Of what was met while writing the second.
  bool has_guessed_l() const { return has_guessed_l_; }
  bool has_guessed_i() const { return has_guessed_i_; }

 private:
  std::size_t next_marked(std::size_t at) const;
  std::size_t token_start(std::size_t marked, std::size_t at) const;
  void copy(std::size_t from, std::size_t to);
  std::size_t token(std::size_t at);
  std::size_t item(std::size_t at);
  std::size_t word(std::size_t at);
  std::size_t scan(std::size_t at, Word& word) const;
  std::size_t spaced_out(std::size_t after, Word& word);
  std::size_t spaced_out_after_sign(std::size_t at);
  std::size_t scan_one(std::size_t at, Word& word) const;
  std::size_t separator(std::size_t at) const;
  const FoldedCharacter& seen(std::size_t& at) const;
  bool is_in_word(const FoldedCharacter& sign, std::size_t at, std::size_t octets,
                  const FoldedCharacter* before) const;
  void find_guess_free(std::size_t at, std::size_t end);
  void write(const Word& word, const Spelling& spelling);
  void write_as_it_is(const Word& word);
  void put(const char* what, std::size_t octets, std::size_t from, std::size_t to);
  void put(const FoldedCharacter& character, std::size_t from, std::size_t octets);
  void put_symbol(const FoldedCharacter& character, const Decoded& decoded, std::size_t from);
  void put_space(std::size_t from, std::size_t octets);

  const FoldedCharacter& folded(const Decoded& decoded) const { return tables_[decoded.c]; }
  std::string_view written() const { return {room_, length_}; }

  const FoldTables& tables_;
  FoldedText& out_;
  const char* text_;
  std::size_t size_;
  bool among_ascii_ = false;
  bool has_guesses_ = false;
  bool has_guessed_l_ = false;
  bool has_guessed_i_ = false;

  Guesses guesses_ = Guesses::none;
  std::size_t guess_free_ = 0;   ///< where, in the token, the path of a URL begins
  bool at_is_letter_ = true;     ///< the token is no e-mail address
  std::size_t tried_until_ = 0;  ///< up to where it is known that no spaced-out word begins
  char* room_ = nullptr;
  std::size_t length_ = 0;
  FoldedText::Piece* pieces_ = nullptr;
  std::size_t piece_count_ = 0;
};

void Folder::write(Guesses guesses) {
  FoldedText::Reading& out = out_.readings_of_[out_.readings_++];
  guesses_ = guesses;
  tried_until_ = 0;
  room_ = out.room.get();
  length_ = 0;
  pieces_ = out.pieces.get();
  piece_count_ = 0;
  std::size_t at = 0;
  while (at < size_) {
    const std::size_t marked = next_marked(at);
    const std::size_t start = marked == size_ ? size_ : token_start(marked, at);
    copy(at, start);
    at = start < size_ ? token(start) : size_;
  }
  if (length_ > 0 && room_[length_ - 1] == ' ') {
    --length_;
    if (pieces_[piece_count_ - 1].at == length_) --piece_count_;
    else --pieces_[piece_count_ - 1].to;
  }
  out.shown = room_;
  out.size = length_;
  out.piece_count = piece_count_;
}

/// The first marked octet from `at`; the text's size where there is none. A spaced-out word at the very end
/// is marked behind it.
std::size_t Folder::next_marked(std::size_t at) const {
  const auto* found = std::memchr(out_.marked_.at() + at, survey_mark, size_ + 1 - at);
  if (found == nullptr) return size_;
  const auto marked = static_cast<std::size_t>(static_cast<const char*>(found) - out_.marked_.at());
  return marked == size_ ? size_ - 1 : marked;
}

/// Where to begin for what is marked: its token, and before that those that end in letters that stand alone.
std::size_t Folder::token_start(std::size_t marked, std::size_t at) const {
  std::size_t start = marked;
  while (start > at && !is_blank(text_[start - 1])) --start;
  for (std::size_t before = start; before > at;) {
    std::size_t end = before;
    while (end > at && is_blank(text_[end - 1])) --end;
    before = end;
    while (before > at && !is_blank(text_[before - 1])) --before;
    while (end > before && !is_alnum(text_[end - 1])) --end;
    if (end == before) continue;  // symbols alone
    if (end - 1 > before && is_alnum(text_[end - 2])) break;
    start = before;
  }
  return start;
}

/// Text in which nothing is marked.
void Folder::copy(std::size_t from, std::size_t to) {
  if (from < to && text_[from] <= ' ') {
    put_space(from, 1);
    ++from;
  }
  if (from < to) put(out_.lowered_.at() + from, to - from, from, to);
}

/// What stands between two blanks, or blanks. Gives where it ends.
std::size_t Folder::token(std::size_t at) {
  std::size_t end = at;
  if (is_blank(text_[at])) {
    put_space(at, 1);
    while (end < size_ && is_blank(text_[end])) ++end;
    return end;
  }
  while (end < size_ && !is_blank(text_[end])) ++end;
  find_guess_free(at, end);
  while (at < end) at = item(at);
  return at;
}

/// Guesses are wrong in the path of a URL and of an @ in an e-mail address.
void Folder::find_guess_free(std::size_t at, std::size_t end) {
  const std::string_view token(text_ + at, end - at);
  const std::size_t scheme = token.find("://");
  const std::size_t host = scheme == token.npos ? 0 : scheme + 3;
  const std::size_t dot = token.find('.', host);
  const std::size_t path = dot == token.npos ? token.npos : token.find_first_of("/?#", dot);
  guess_free_ = path == token.npos ? end : at + path;
  const std::size_t sign = token.find('@');
  const std::size_t host_dot = sign == token.npos ? sign : token.find('.', sign);
  at_is_letter_ = host_dot == token.npos || host_dot + 1 == token.size();
}

std::size_t Folder::item(std::size_t at) {
  const Decoded decoded = decode(text_ + at);
  const FoldedCharacter& character = folded(decoded);
  switch (character.kind) {
    case Kind::letter:
    case Kind::digit: return word(at);
    case Kind::mark:
      if (character.script == FoldedCharacter::none) break;
      return word(at);
    case Kind::joiner:
    case Kind::nothing: break;
    case Kind::space: put_space(at, decoded.octets); break;
    case Kind::symbol:
      if (is_in_word(character, at, decoded.octets, nullptr)) return word(at);
      if (const std::size_t end = spaced_out_after_sign(at); end > at) return end;
      put_symbol(character, decoded, at);
  }
  return at + decoded.octets;
}

/// The first character from `at` that can be seen; `at` is then where it stands.
const FoldedCharacter& Folder::seen(std::size_t& at) const {
  for (;;) {
    const Decoded decoded = decode(text_ + at);
    const FoldedCharacter& c = folded(decoded);
    if (c.kind != Kind::nothing && c.kind != Kind::joiner && c.kind != Kind::mark) return c;
    at += decoded.octets;
  }
}

/// A sign that looks like a letter is one beside a letter, perhaps with another sign between, but not before
/// a digit (`$5`); an exclamation mark is one between Latin letters. `before` is what stands before it in its
/// word, or null.
bool Folder::is_in_word(const FoldedCharacter& sign, std::size_t at, std::size_t octets,
                        const FoldedCharacter* before) const {
  if (sign.look == 0 || at >= guess_free_ || (text_[at] == '@' && !at_is_letter_)) return false;
  std::size_t next = at + octets;
  const FoldedCharacter* after = &seen(next);
  if (sign.look == 'i')
    return before != nullptr && before->kind == Kind::letter && before->script == FoldedCharacter::latin &&
           after->kind == Kind::letter && after->script == FoldedCharacter::latin;
  const bool after_letter = before != nullptr && before->kind != Kind::digit && before->look != 0;
  if (after_letter) return after->kind != Kind::digit;
  if (after->kind == Kind::symbol && after->look != 0 && after->look != 'i' &&
      (after->look != sign.look || text_[at] == '|')) {
    next += decode(text_ + next).octets;
    after = &seen(next);
  }
  return after->kind == Kind::letter && after->look != 0;
}

/// Reads the word at `at` on into `word`. Gives where it ends.
std::size_t Folder::scan(std::size_t at, Word& word) const {
  const FoldedCharacter* base = nullptr;
  while (at < size_ && !word.full()) {
    const Decoded decoded = decode(text_ + at);
    const FoldedCharacter& c = folded(decoded);
    const std::uint8_t script = base == nullptr ? std::uint8_t{FoldedCharacter::none} : base->script;
    bool keep = false;
    bool is_base = false;
    switch (c.kind) {
      case Kind::letter:
      case Kind::digit: keep = is_base = true; break;
      case Kind::mark:
        keep = script > FoldedCharacter::cyrillic ||
               (script == FoldedCharacter::none && c.script != FoldedCharacter::none);
        break;
      case Kind::joiner: keep = script > FoldedCharacter::hangul; break;
      case Kind::nothing: break;
      case Kind::space: return at;
      case Kind::symbol:
        keep = is_base = is_in_word(c, at, decoded.octets, base);
        if (!keep) return at;
    }
    const char ascii = decoded.c < 0x80 ? static_cast<char>(decoded.c) : '\0';
    if (keep) word.add({&c, static_cast<std::uint32_t>(at), decoded.octets, ascii});
    if (is_base) base = &c;
    at += decoded.octets;
  }
  return at;
}

std::size_t Folder::word(std::size_t at) {
  Word word;
  std::size_t end = scan(at, word);
  if (word.size() == 0) return end;
  if (at >= guess_free_) {
    write(word, {.mixed_scripts = spelling_of(word, false).mixed_scripts});
    return end;
  }
  if (word.size() == 1 && at >= tried_until_) {
    if (const std::size_t behind = spaced_out(end, word); behind > end) {
      has_guesses_ = true;
      if (guesses_ != Guesses::none) end = behind;
      else word.cut_to_first();
    }
  }
  const Spelling spelling = spelling_of(word, among_ascii_);
  has_guesses_ |= spelling.guesses();
  if (spelling.mixed_scripts != 0 && !among_ascii_) {
    // Where words mix scripts, others may be look-alikes altogether.
    among_ascii_ = has_guesses_ = true;
  }
  write(word, spelling);
  return end;
}

/// How many octets from `at` can stand between the letters of a spaced-out word: blanks, or one symbol,
/// perhaps repeated, with blanks around it. A sign between blanks can be a letter of the word itself.
std::size_t Folder::separator(std::size_t at) const {
  constexpr std::size_t longest = 4;  // characters
  std::size_t characters = 0;
  char32_t symbol = 0;
  const std::size_t begin = at;
  while (at < size_ && characters < longest) {
    const Decoded decoded = decode(text_ + at);
    const FoldedCharacter& c = folded(decoded);
    const bool sign = c.look != 0 && symbol == 0 && at > begin;
    const bool same = symbol == 0 || symbol == decoded.c;
    const bool seen = c.kind != Kind::nothing && c.kind != Kind::joiner;
    if (c.kind == Kind::symbol && same && !sign) symbol = decoded.c;
    else if (c.kind != Kind::space && seen) break;
    at += decoded.octets;
    characters += seen ? 1 : 0;
  }
  return at - begin;
}

/// Reads the one character of a spaced-out word that stands at `at` into `word`, or nothing. Gives where it
/// ends.
std::size_t Folder::scan_one(std::size_t at, Word& word) const {
  word.clear();
  const std::size_t end = scan(at, word);
  if (word.size() != 0 || at >= size_) return end;
  const Decoded decoded = decode(text_ + at);
  const FoldedCharacter& c = folded(decoded);
  if (c.kind != Kind::symbol || c.look == 0 || c.look == 'i') return end;
  word.add({&c, static_cast<std::uint32_t>(at), decoded.octets, decoded.c < 0x80 ? text_[at] : '\0'});
  return at + decoded.octets;
}

/// Adds to `word`, which is one letter or digit and ends at `after`, the others of a spaced-out word. Gives
/// where it ends; `after`, with `word` as it was, where it is none. Letters with marks are none of it: in
/// Devanagari they are words.
std::size_t Folder::spaced_out(std::size_t after, Word& word) {
  const std::size_t octets = separator(after);
  const std::string_view between(text_ + after, octets);
  std::size_t end = after;
  Word next;
  while (octets > 0 && !word.full() && std::string_view(text_ + end, octets) == between) {
    const std::size_t next_end = scan_one(end + octets, next);
    if (next.size() != 1) break;
    word.add(next[0]);
    end = next_end;
  }
  // Something else may stand behind the last one, and join it to those that follow.
  tried_until_ = word[word.size() - 1].from;
  const auto is_letter = [](const WordCharacter& c) { return c.folded->kind == Kind::letter; };
  const auto letters = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_letter));
  if (word.size() >= 3 && letters * 2 >= word.size()) return end;
  word.cut_to_first();
  return after;
}

/// Writes a spaced-out word that begins with a sign, `$ a v e`, and gives where it ends; `at` where there is
/// none, or guesses are not taken.
std::size_t Folder::spaced_out_after_sign(std::size_t at) {
  if (at < tried_until_ || at >= guess_free_) return at;
  Word word;
  const std::size_t after = scan_one(at, word);
  if (word.size() == 0) return at;
  const std::size_t end = spaced_out(after, word);
  if (end == after) return at;
  has_guesses_ = true;
  if (guesses_ == Guesses::none) return at;
  write(word, spelling_of(word, among_ascii_));
  return end;
}

void Folder::write(const Word& word, const Spelling& spelling) {
  if (spelling.mixed_scripts == 0 && (guesses_ == Guesses::none || !spelling.guesses())) {
    write_as_it_is(word);
    return;
  }
  bool bare = false;  // the last letter became ASCII: what belongs to it goes
  for (std::size_t i = 0; i < word.size(); ++i) {
    const WordCharacter& c = word[i];
    if (const char put_for = spelled(word, i, spelling, guesses_); put_for != 0) {
      if (is_either_l_or_i(c)) (put_for == 'l' ? has_guessed_l_ : has_guessed_i_) = true;
      put(&put_for, 1, c.from, c.from + c.octets);
      bare = true;
    } else if (c.folded->kind != Kind::mark && c.folded->kind != Kind::joiner) {
      put(*c.folded, c.from, c.octets);
      bare = false;
    } else if (!bare) {
      put(*c.folded, c.from, c.octets);
    }
  }
}

/// Characters that stay and stand side by side go together.
void Folder::write_as_it_is(const Word& word) {
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t from = word[i].from;
    std::size_t to = from;
    for (; i < word.size() && word[i].folded->length == 0 && word[i].from == to; ++i) to += word[i].octets;
    if (to > from) {
      put(text_ + from, to - from, from, to);
    } else {
      put(*word[i].folded, from, word[i].octets);
      ++i;
    }
  }
}

void Folder::put(const FoldedCharacter& character, std::size_t from, std::size_t octets) {
  const std::string_view form = tables_.text(character);
  if (form.empty()) put(text_ + from, octets, from, from + octets);
  else put(form.data(), form.size(), from, from + octets);
}

/// A symbol that repeats the one before it is left out.
void Folder::put_symbol(const FoldedCharacter& character, const Decoded& decoded, std::size_t from) {
  std::string_view form = tables_.text(character);
  if (form.empty()) form = decoded.valid ? std::string_view(text_ + from, decoded.octets) : "\uFFFD";
  const std::string_view before = written();
  const bool repeats = before.size() >= form.size() && before.substr(before.size() - form.size()) == form;
  const bool stroke = form == "/" && before.size() >= 2 && before.substr(before.size() - 2) == ":/";
  if (!repeats || stroke) put(form.data(), form.size(), from, from + decoded.octets);
}

void Folder::put_space(std::size_t from, std::size_t octets) {
  if (length_ != 0 && room_[length_ - 1] != ' ') put(" ", 1, from, from + octets);
}

void Folder::put(const char* what, std::size_t octets, std::size_t from, std::size_t to) {
  if (octets == 1) room_[length_] = *what;
  else std::memcpy(room_ + length_, what, octets);
  const bool one_for_one = octets == to - from;
  if (one_for_one && piece_count_ > 0) {
    FoldedText::Piece& last = pieces_[piece_count_ - 1];
    if (last.to == from && length_ - last.at == last.to - last.from) {
      last.to = static_cast<std::uint32_t>(to);
      length_ += octets;
      return;
    }
  }
  pieces_[piece_count_++] = {static_cast<std::uint32_t>(length_), static_cast<std::uint32_t>(from),
                             static_cast<std::uint32_t>(to)};
  length_ += octets;
}

FoldedText::FoldedText(std::size_t most)
    : longest_(most), padded_(most), lowered_(most), marked_(most), alnum_(most) {
  assert(most < UINT32_MAX / FoldTables::longest_growth);
  std::memset(padded_.at() - survey_margin, ' ', survey_margin);
  std::memset(alnum_.at() - survey_margin, 0, survey_margin);
  for (Reading& reading : readings_of_) {
    reading.room = std::make_unique_for_overwrite<char[]>(most * FoldTables::longest_growth);
    reading.pieces = std::make_unique_for_overwrite<Piece[]>(most + 1);
  }
}

void fold(const FoldTables& tables, std::string_view text, FoldedText& out) {
  out.cut_ = text.size() > out.longest_;
  if (out.cut_) {
    std::size_t end = out.longest_;
    while (end > 0 && end + 3 > out.longest_ && is_continuation(text[end])) --end;
    text = text.substr(0, end);
  }
  out.text_ = text;
  char* const padded = out.padded_.at();
  if (!text.empty()) std::memcpy(padded, text.data(), text.size());
  std::memset(padded + text.size(), ' ', survey_margin);
  if (!survey(padded, text.size(), out.lowered_.at(), out.marked_.at(), out.alnum_.at()) &&
      (text.empty() || !is_blank(text.back()))) {
    FoldedText::Reading& plain = out.readings_of_[0];
    plain.shown = out.lowered_.at();
    plain.size = text.size();
    plain.piece_count = text.empty() ? 0 : 1;
    plain.pieces[0] = {0, 0, static_cast<std::uint32_t>(text.size())};
    out.readings_ = 1;
    return;
  }
  out.readings_ = 0;
  Folder folder(tables, out);
  folder.write(Guesses::none);
  if (!folder.has_guesses()) return;
  folder.write(Guesses::by_neighbours);
  if (out.reading(1) == out.reading(0)) --out.readings_;
  const bool l = folder.has_guessed_l();
  const bool i = folder.has_guessed_i();
  if (i) folder.write(Guesses::all_l);
  if (l) folder.write(Guesses::all_i);
}

Span FoldedText::origin(std::size_t i, std::size_t from, std::size_t to) const {
  const Reading& reading = readings_of_[i];
  assert(from <= to && to <= reading.size);
  if (reading.piece_count == 0) return {};
  const Piece* const first = reading.pieces.get();
  const Piece* const last = first + reading.piece_count;
  const auto piece_of = [&](std::size_t at) {
    return std::upper_bound(first, last, at, [](std::size_t a, const Piece& p) { return a < p.at; }) - 1;
  };
  const auto end_of = [&](const Piece* p) { return p + 1 == last ? reading.size : std::size_t{(p + 1)->at}; };
  const auto one_for_one = [&](const Piece* p) { return end_of(p) - p->at == p->to - p->from; };

  const Piece* const head = piece_of(from == reading.size ? from - 1 : from);
  std::size_t begin = head->from;
  if (one_for_one(head)) begin += from - head->at;
  else if (from == reading.size) begin = head->to;
  while (begin > 0 && begin < text_.size() && is_continuation(text_[begin])) --begin;
  if (to == from) return {begin, begin};

  const Piece* const tail = piece_of(to - 1);
  std::size_t end = one_for_one(tail) ? tail->from + (to - tail->at) : tail->to;
  while (end < text_.size() && is_continuation(text_[end])) ++end;
  return {begin, end};
}

Span code_points(std::string_view text, Span octets) {
  assert(octets.begin <= octets.end && octets.end <= text.size());
  const auto count = [text](std::size_t from, std::size_t to) {
    return static_cast<std::size_t>(std::count_if(text.begin() + static_cast<std::ptrdiff_t>(from),
                                                  text.begin() + static_cast<std::ptrdiff_t>(to),
                                                  [](char c) { return !is_continuation(c); }));
  };
  const std::size_t begin = count(0, octets.begin);
  return {begin, begin + count(octets.begin, octets.end)};
}

}  // namespace tollgate
