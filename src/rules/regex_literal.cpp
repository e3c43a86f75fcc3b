#include "rules/regex_literal.hpp"

#include <algorithm>
#include <cstdint>

namespace tollgate::rules {
namespace {

constexpr std::size_t many = SIZE_MAX;
constexpr std::size_t deepest = 64;
constexpr std::size_t most = 1'000'000;  // more than Hyperscan takes

class Reading {
 public:
  explicit Reading(std::string_view regex) : regex_(regex) {}

  RegexShape shape() {
    const std::size_t least = alternatives(0);
    return {understood_ && at_ == regex_.size() ? least : many, longest_repeat_};
  }

 private:
  bool more() const { return understood_ && at_ < regex_.size(); }
  bool skip(std::string_view expected) {
    if (!regex_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  std::size_t alternatives(std::size_t depth) {
    std::size_t least = sequence(depth);
    while (more() && skip("|")) least = std::min(least, sequence(depth));
    return least;
  }

  std::size_t sequence(std::size_t depth) {
    std::size_t best = 0;
    std::size_t run = 0;
    while (more() && regex_[at_] != '|' && regex_[at_] != ')') {
      const Element element = next(depth);
      if (element.kind == Element::assertion) continue;
      const Repeat repeat = repetition();
      if (repeat == Repeat::maybe || element.kind == Element::set) {
        run = 0;
      } else if (element.kind == Element::group) {
        best = std::max(best, element.required);
        run = 0;
      } else {
        best = std::max(best, ++run);
        if (repeat == Repeat::several) run = 1;
      }
    }
    return best;
  }

  struct Element {
    enum Kind : std::uint8_t { character, set, group, assertion } kind;
    std::size_t required = 0;
  };

  Element next(std::size_t depth) {
    const char c = regex_[at_++];
    switch (c) {
      case '(': return group(depth);
      case '[': return set();
      case '\\': return escape();
      case '.': return {Element::set};
      case '^':
      case '$': return {Element::assertion};
      default: break;
    }
    while (at_ < regex_.size() && (static_cast<unsigned char>(regex_[at_]) & 0xC0U) == 0x80) ++at_;
    return {Element::character};
  }

  Element group(std::size_t depth) {
    if (depth == deepest || (!skip("?:") && (skip("?") || skip("*")))) understood_ = false;
    const std::size_t required = understood_ ? alternatives(depth + 1) : 0;
    if (!skip(")")) understood_ = false;
    return {Element::group, required};
  }

  Element set() {
    skip("^");
    skip("]");
    while (at_ < regex_.size() && regex_[at_] != ']') {
      if (regex_[at_] == '[' && at_ + 1 < regex_.size() && regex_[at_ + 1] == ':') {
        at_ = std::min(regex_.find(":]", at_ + 2), regex_.size() - 2) + 2;
      } else {
        at_ += regex_[at_] == '\\' ? 2 : 1;
      }
    }
    if (!skip("]")) understood_ = false;
    return {Element::set};
  }

  Element escape() {
    if (at_ == regex_.size()) {
      understood_ = false;
      return {Element::set};
    }
    const char c = regex_[at_++];
    constexpr std::string_view sets = "dDwWsSNRhHvV";
    constexpr std::string_view assertions = "bBAzZ";
    constexpr std::string_view characters = "nrtfae";
    if (sets.find(c) != sets.npos) return {Element::set};
    if (assertions.find(c) != assertions.npos) return {Element::assertion};
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter && characters.find(c) == characters.npos) understood_ = false;
    return {Element::character};
  }

  enum class Repeat : std::uint8_t { once, several, maybe };

  Repeat repetition() {
    Repeat repeat = Repeat::once;
    if (skip("*") || skip("?")) {
      repeat = Repeat::maybe;
    } else if (skip("+")) {
      repeat = Repeat::several;
    } else if (at_ + 1 < regex_.size() && regex_[at_] == '{' && regex_[at_ + 1] >= '0' &&
               regex_[at_ + 1] <= '9') {
      const std::size_t end = regex_.find('}', at_);
      if (end == regex_.npos) return repeat;
      const bool none = regex_[at_ + 1] == '0' && (regex_[at_ + 2] == ',' || regex_[at_ + 2] == '}');
      repeat = none ? Repeat::maybe : Repeat::several;
      for (std::size_t number = 0; ++at_ < end;) {
        const bool digit = regex_[at_] >= '0' && regex_[at_] <= '9';
        number = digit && number < most ? number * 10 + static_cast<std::size_t>(regex_[at_] - '0') : 0;
        longest_repeat_ = std::max(longest_repeat_, number);
      }
      at_ = end + 1;
    } else {
      return repeat;
    }
    if (!skip("?")) skip("+");
    return repeat;
  }

  std::string_view regex_;
  std::size_t at_ = 0;
  bool understood_ = true;
  std::size_t longest_repeat_ = 0;
};

}  // namespace

RegexShape shape_of(std::string_view regex) { return Reading(regex).shape(); }

}  // namespace tollgate::rules
