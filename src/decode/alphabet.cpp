#include "decode/alphabet.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "decode/gsm7_tables.hpp"

namespace tollgate::decode {
namespace {

static_assert(std::endian::native == std::endian::little, "the unpacking below loads little-endian words");

constexpr unsigned escape = 0x1B;
constexpr Utf8Char space = {{' ', 0, 0}, 1};
constexpr Utf8Char replacement = {{'\xEF', '\xBF', '\xBD'}, 3};

/// Writes characters until one does not fit.
class Writer {
 public:
  explicit Writer(std::span<char> out) : begin_(out.data()), at_(begin_), end_(begin_ + out.size()) {}

  void put(const Utf8Char& c) {
    std::uint32_t octets = 0;
    static_assert(sizeof c == sizeof octets);
    std::memcpy(&octets, &c, sizeof octets);
    put(octets, c.length);
  }

  void put(char32_t c) {
    const auto tail = [c](unsigned shift) { return 0x80U | (c >> shift & 0x3FU); };
    if (c < 0x80) return put(c, 1);
    if (c < 0x800) return put(0xC0U | c >> 6U | tail(0) << 8U, 2);
    if (c < 0x10000) return put(0xE0U | c >> 12U | tail(6) << 8U | tail(0) << 16U, 3);
    put(0xF0U | c >> 18U | tail(12) << 8U | tail(6) << 16U | tail(0) << 24U, 4);
  }

  /// Eight ASCII characters at once; false, and nothing written, where they do not fit.
  bool put_eight(std::uint64_t eight) {
    if (end_ - at_ < 8) return false;
    std::memcpy(at_, &eight, 8);
    at_ += 8;
    return true;
  }

  std::size_t written() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  /// The first octet is the lowest. One store, of which the next character overwrites what is not this one's.
  void put(std::uint32_t octets, unsigned length) {
    if (end_ - at_ >= 4) {
      std::memcpy(at_, &octets, 4);
      at_ += length;
    } else if (end_ - at_ >= static_cast<std::ptrdiff_t>(length)) {
      for (; length > 0; --length, octets >>= 8U) *at_++ = static_cast<char>(octets & 0xFFU);
    } else {
      end_ = at_;
    }
  }

  char* begin_;
  char* at_;
  char* end_;
};

/// Turns septets into characters; remembers an escape from one septet to the next.
class SeptetDecoder {
 public:
  SeptetDecoder(NationalLanguage language, std::span<char> out)
      : locking_(gsm7_locking_table(language.locking)),
        single_(gsm7_single_shift_table(language.single_shift)),
        has_ascii_(&locking_ == &gsm7_locking_table(0) || language.locking < 4),
        out_(out) {}

  void put(unsigned septet) {
    if (escaped_) {
      escaped_ = false;
      const Utf8Char& shifted = single_[septet];
      out_.put(shifted.length != 0 ? shifted : locking_[septet]);
    } else if (septet == escape) {
      escaped_ = true;
    } else {
      out_.put(locking_[septet]);
    }
  }

  /// Eight septets, one an octet, the first in the lowest.
  void put_eight(std::uint64_t septets) {
    if (has_ascii_ && !escaped_ && is_ascii(septets) && out_.put_eight(septets)) return;
    for (unsigned i = 0; i < 8; ++i) put(static_cast<unsigned>(septets >> (8 * i) & 0x7FU));
  }

  void put_unknown() {
    escaped_ = false;
    out_.put(replacement);
  }

  std::size_t finish() {
    if (escaped_) out_.put(space);
    return out_.written();
  }

 private:
  /// Whether all eight septets are among those that the default, Turkish and Portuguese tables share with
  /// ASCII: 0x20 to 0x3F but 0x24, and the letters. No sum below carries into the next octet.
  static bool is_ascii(std::uint64_t septets) {
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t at_least_20 = septets + each * 0x60;
    const std::uint64_t at_least_40 = septets + each * 0x40;
    const std::uint64_t not_24 = (septets ^ each * 0x24) + each * 0x7F;
    const std::uint64_t place = septets & each * 0x1F;
    const std::uint64_t letter = (place + each * 0x7F) & ~(place + each * 0x65);  // 1..26
    return (at_least_20 & not_24 & (~at_least_40 | letter) & each * 0x80) == each * 0x80;
  }

  const Gsm7Table& locking_;
  const Gsm7Table& single_;
  bool has_ascii_;
  bool escaped_ = false;
  Writer out_;
};

/// The 64 bits of `octets` from octet `at` on, the first lowest; beyond the end they are 0.
std::uint64_t load(Octets octets, std::size_t at) {
  std::uint64_t word = 0;
  if (octets.size() >= 8 && at <= octets.size() - 8) {
    std::memcpy(&word, octets.data() + at, 8);
  } else if (at < octets.size()) {
    std::memcpy(&word, octets.data() + at, octets.size() - at);
  }
  return word;
}

/// The low 56 bits, eight septets, spread to one an octet.
std::uint64_t spread(std::uint64_t packed) {
  packed = (packed & 0x000000000FFFFFFF) | (packed & 0x00FFFFFFF0000000) << 4U;
  packed = (packed & 0x00003FFF00003FFF) | (packed & 0x0FFFC0000FFFC000) << 2U;
  return (packed & 0x007F007F007F007F) | (packed & 0x3F803F803F803F80) << 1U;
}

/// Septets of `packed` from number `first` on.
std::size_t septets_from(Octets packed, std::size_t first) {
  const std::size_t there = packed.size() / 7 * 8 + packed.size() % 7 * 8 / 7;
  return there - std::min(there, first);
}

}  // namespace

//  octet      0         1         2    ...      6            TS 23.038 6.1.2.1.1: septet n begins at bit 7n,
//         +---------+---------+---------+   +---------+      bits counted from the lowest of octet 0; eight
//         |b aaaaaaa|cc bbbbbb|ddd ccccc|...|hhhhhhh g|      septets fill seven octets
//         +---------+---------+---------+   +---------+
std::size_t gsm7_packed_to_utf8(Octets packed, std::size_t first, std::size_t count,
                                NationalLanguage language, std::span<char> out) {
  count = std::min(count, septets_from(packed, first));
  if (count == 0) return 0;

  SeptetDecoder text{language, out};
  std::size_t bit = first * 7;
  std::size_t left = count;
  // A load gives 64 bits, of which at least 57 stand from `bit` on: always eight septets.
  for (; left >= 8; left -= 8, bit += 56) text.put_eight(spread(load(packed, bit / 8) >> (bit % 8)));
  std::uint64_t rest = spread(load(packed, bit / 8) >> (bit % 8));
  for (; left > 0; --left, rest >>= 8U) text.put(rest & 0x7FU);
  return text.finish();
}

std::size_t gsm7_unpack(Octets packed, std::size_t first, std::size_t count, std::span<std::byte> out) {
  count = std::min(count, septets_from(packed, first));
  for (std::size_t done = 0; done < count; done += 8) {
    const std::size_t bit = (first + done) * 7;
    const std::uint64_t eight = spread(load(packed, bit / 8) >> (bit % 8));
    std::memcpy(&out[done], &eight, std::min<std::size_t>(8, count - done));
  }
  return count;
}

std::size_t gsm7_unpacked_to_utf8(Octets septets, NationalLanguage language, std::span<char> out) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  SeptetDecoder text{language, out};
  std::size_t at = 0;
  const auto one_by_one = [&](std::size_t end) {
    for (; at < end; ++at) {
      const auto octet = std::to_integer<unsigned>(septets[at]);
      if (octet < 0x80) text.put(octet);
      else text.put_unknown();
    }
  };
  while (septets.size() - at >= 8) {
    const std::uint64_t eight = load(septets, at);
    if ((eight & high_bits) == 0) {
      text.put_eight(eight);
      at += 8;
    } else {
      one_by_one(at + 8);
    }
  }
  one_by_one(septets.size());
  return text.finish();
}

std::size_t ucs2_to_utf8(Octets octets, std::span<char> out) {
  const auto unit = [&](std::size_t at) {
    return std::to_integer<char32_t>(octets[at]) << 8U | std::to_integer<char32_t>(octets[at + 1]);
  };
  constexpr char32_t high_surrogate = 0xD800;
  constexpr char32_t low_surrogate = 0xDC00;
  Writer text{out};
  std::size_t at = 0;
  while (octets.size() - at >= 2) {
    const char32_t c = unit(at);
    at += 2;
    if (c < high_surrogate || c > 0xDFFF) {
      text.put(c);
    } else if (c < low_surrogate && octets.size() - at >= 2 && (unit(at) & 0xFC00) == low_surrogate) {
      text.put(0x10000 + ((c - high_surrogate) << 10U) + (unit(at) - low_surrogate));
      at += 2;
    } else {
      text.put(replacement);
    }
  }
  if (at < octets.size()) text.put(replacement);
  return text.written();
}

std::size_t latin1_to_utf8(Octets octets, std::span<char> out) {
  Writer text{out};
  for (const std::byte octet : octets) text.put(std::to_integer<char32_t>(octet));
  return text.written();
}

}  // namespace tollgate::decode
