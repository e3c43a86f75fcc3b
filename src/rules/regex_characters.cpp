#include "rules/regex_characters.hpp"

#include <cstddef>
#include <cstdint>

namespace tollgate::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// What one element of a regex can take from a text.
enum class Takes : std::uint8_t {
  ascii,           ///< an ASCII character
  character,       ///< one given character that is not ASCII
  any_other,       ///< every character that is not ASCII, and perhaps some that are
  nothing,         ///< an assertion or a parenthesis
  not_understood,  ///< characters that octets cannot tell, or what this reading does not know
};

enum class Repeat : std::uint8_t { once, any, some, other };

class Reading {
 public:
  Reading(std::string_view regex, bool caseless, bool spans)
      : regex_(regex), caseless_(caseless), spans_(spans) {}

  bool needs_characters() {
    while (at_ < regex_.size()) {
      const Takes takes = element();
      const Repeat repeat = repetition();
      switch (takes) {
        case Takes::not_understood: return true;
        case Takes::nothing: break;
        case Takes::character:
          // A repetition would bear on its last octet.
          if (repeat != Repeat::once || caseless_) return true;
          separate();
          break;
        case Takes::ascii:
          if (repeat == Repeat::once || repeat == Repeat::some) separate();
          break;
        case Takes::any_other:
          if (spans_ || repeat == Repeat::once || repeat == Repeat::other) return true;
          if (repeat == Repeat::some) {
            // Two of them could share the octets of a single character.
            if (depth_ > 0 || some_before_) return true;
            some_before_ = true;
          }
          break;
      }
    }
    return false;
  }

 private:
  /// Something that takes whole characters surely stands between what is before and what follows.
  void separate() {
    if (depth_ == 0) some_before_ = false;
  }

  bool skip(std::string_view expected) {
    if (!regex_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  Takes element() {
    const char c = regex_[at_++];
    switch (c) {
      case '\\': return escape();
      case '[': return set();
      case '(': return open();
      case ')':
        if (depth_ > 0) --depth_;
        return Takes::nothing;
      case '|': separate(); return Takes::nothing;
      case '^':
      case '$': return Takes::nothing;
      case '.': return Takes::any_other;
      default: break;
    }
    if (is_ascii(c)) return Takes::ascii;
    while (at_ < regex_.size() && (static_cast<unsigned char>(regex_[at_]) & 0xC0U) == 0x80) ++at_;
    return Takes::character;
  }

  Takes open() {
    // Of what can follow, inline flags and verbs can change the meaning of all the rest.
    if (at_ < regex_.size() &&
        (regex_[at_] == '*' || (regex_[at_] == '?' && !regex_.substr(at_).starts_with("?:")))) {
      return Takes::not_understood;
    }
    skip("?:");
    ++depth_;
    return Takes::nothing;
  }

  Takes escape() {
    if (at_ == regex_.size()) return Takes::not_understood;
    const char c = regex_[at_++];
    switch (c) {
      case 'd':
      case 'w':
      case 's':
      case 'n':
      case 'r':
      case 't':
      case 'f':
      case 'a':
      case 'e': return Takes::ascii;
      case 'D':
      case 'W':
      case 'S':
      case 'N': return Takes::any_other;
      case 'b':
      case 'A':
      case 'z':
      case 'Z': return Takes::nothing;
      case 'x': return hexadecimal();
      default: break;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || is_digit(c) || !is_ascii(c) ? Takes::not_understood : Takes::ascii;
  }

  /// `\xhh` of an ASCII character.
  Takes hexadecimal() {
    const auto hexadecimal = [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (regex_.size() < at_ + 2 || regex_[at_] < '0' || regex_[at_] > '7' || !hexadecimal(regex_[at_ + 1])) {
      return Takes::not_understood;
    }
    at_ += 2;
    return Takes::ascii;
  }

  Takes set() {
    Takes all = skip("^") ? Takes::any_other : Takes::ascii;
    for (bool first = true; at_ < regex_.size(); first = false) {
      const char c = regex_[at_++];
      if (c == ']' && !first) return all;
      if (!is_ascii(c)) return Takes::not_understood;
      if (c == '[' && at_ < regex_.size() &&
          (regex_[at_] == ':' || regex_[at_] == '.' || regex_[at_] == '=')) {
        return Takes::not_understood;
      }
      if (c != '\\') continue;
      switch (escape()) {
        case Takes::any_other: all = Takes::any_other; break;
        case Takes::ascii: break;
        case Takes::nothing:  // \b is a backspace here
          if (regex_[at_ - 1] == 'b') break;
          [[fallthrough]];
        default: return Takes::not_understood;
      }
    }
    return Takes::not_understood;
  }

  Repeat repetition() {
    if (at_ == regex_.size()) return Repeat::once;
    Repeat repeat = Repeat::once;
    if (skip("*") || skip("{0,}")) {
      repeat = Repeat::any;
    } else if (skip("+") || skip("{1,}")) {
      repeat = Repeat::some;
    } else if (skip("?")) {
      repeat = Repeat::other;
    } else if (regex_[at_] == '{' && at_ + 1 < regex_.size() && is_digit(regex_[at_ + 1])) {
      while (at_ < regex_.size() && regex_[at_] != '}') ++at_;
      if (at_ < regex_.size()) ++at_;
      repeat = Repeat::other;
    } else {
      return repeat;
    }
    skip("?");  // as few as possible: where it matches is not changed
    return repeat;
  }

  std::string_view regex_;
  bool caseless_;
  bool spans_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool some_before_ = false;
};

}  // namespace

bool needs_characters(std::string_view regex, bool caseless, bool spans) {
  return Reading(regex, caseless, spans).needs_characters();
}

}  // namespace tollgate::rules
