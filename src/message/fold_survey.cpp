#include "message/fold_survey.hpp"

#include <cstdint>
#include <cstring>

namespace tollgate {
namespace {

// Sixteen octets at once. A comparison gives all ones where it holds.
using Octet = unsigned char;
using Octets16 [[gnu::vector_size(16)]] = Octet;
using Mask [[gnu::vector_size(16)]] = signed char;

template <class Vector>
Vector load(const void* from) {
  Vector out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

template <class Vector>
void store(void* to, Vector what) {
  std::memcpy(to, &what, sizeof what);
}

Mask in(Octets16 c, Octet first, Octet last) { return c - first <= static_cast<Octet>(last - first); }
Mask is(Octets16 c, char what) { return c == static_cast<Octet>(what); }
Mask is_upper(Octets16 c) { return in(c, 'A', 'Z'); }
Mask is_lower(Octets16 c) { return in(c, 'a', 'z'); }
Mask is_letter(Octets16 c) { return is_lower(c | 0x20); }
Mask is_digit(Octets16 c) { return in(c, '0', '9'); }
Mask is_blank(Octets16 c) { return is(c, ' ') | in(c, '\t', '\r'); }
Mask is_vowel(Octets16 c) {
  return is(c, 'a') | is(c, 'e') | is(c, 'i') | is(c, 'o') | is(c, 'u') | is(c, 'y');
}

/// Not ASCII, invisible, or put for a letter or for other punctuation.
Mask is_strange(Octets16 c) {
  return in(c, 0x7F, 0xFF) | (in(c, 0, 0x1F) & ~in(c, '\t', '\r')) | is(c, '@') | is(c, '$') | is(c, '|') |
         is(c, '`');
}

Octets16 chosen(Mask where, char then, Octets16 otherwise) {
  return (Octets16(where) & static_cast<Octet>(then)) | (Octets16(~where) & otherwise);
}

bool any(Mask mask) {
  std::uint64_t halves[2];
  std::memcpy(halves, &mask, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

/// Where a letter or digit that stands alone ends before `alnum`, which says where letters and digits are.
Mask ends_alone(const char* alnum) {
  const auto at = [alnum](std::ptrdiff_t back) { return load<Mask>(alnum - back); };
  return ~at(0) & at(1) & ~at(2);
}

/// Where the last of three does that stand equally far from each other, by one to four characters.
Mask ends_spaced_out(const char* alnum) {
  const Mask one = ends_alone(alnum);
  Mask third{};
  if (!any(one)) return third;
  for (std::ptrdiff_t step = 2; step <= 5; ++step)
    third |= one & ends_alone(alnum - step) & ends_alone(alnum - 2 * step);
  return third;
}

}  // namespace

bool survey(const char* text, std::size_t size, char* lowered, char* marked, char* alnum) {
  constexpr std::size_t step = sizeof(Mask);
  constexpr Octets16 places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (std::size_t i = 0; i < size; i += step) {
    const auto c = load<Octets16>(text + i);
    const auto c1 = load<Octets16>(text + i - 1);
    const auto c2 = load<Octets16>(text + i - 2);
    const Mask upper = is_upper(c);
    const Mask letter = is_letter(c);
    const Mask digit = is_digit(c);
    const Mask blank = is_blank(c);
    const Mask upper1 = is_upper(c1);
    const Mask letter1 = is_letter(c1);
    const Mask i1 = is(c1, 'I');
    const Mask upper2 = is_upper(c2);
    const Mask letter2 = is_letter(c2);

    const Mask repeats =
        (blank & is_blank(c1)) | ((c == c1) & ~letter & ~digit & ~(is(c, '/') & is(c2, ':')));
    const Mask mixes = (digit & letter1) | (letter & is_digit(c1)) | (letter & is(c1, '!') & letter2);
    // heIp, AIert, Iogin; lNVOICE, BILl
    const Mask odd = (is(c, 'I') & letter1 & ~upper1) | (letter & ~upper & i1 & upper2) |
                     (is_vowel(c) & i1 & ~letter2) | (upper & is(c1, 'l')) | (is(c, 'l') & upper1 & upper2);
    const auto left = static_cast<Octet>(size - i < step ? size - i : step);
    store(lowered + i, chosen(blank, ' ', c | (Octets16(upper) & 0x20)));
    store(marked + i, (is_strange(c) | repeats | mixes | odd) & (places < left));
    store(alnum + i, letter | digit);
  }
  store(alnum + size, Mask{});
  Mask found{};
  for (std::size_t i = 0; i <= size; i += step) {
    const auto left = static_cast<Octet>(size - i < step ? size - i + 1 : step);
    Mask mark = ends_spaced_out(alnum + i);
    if (i < size) mark |= load<Mask>(marked + i);
    mark &= places < left;
    store(marked + i, mark);
    found |= mark;
  }
  return any(found);
}

}  // namespace tollgate
