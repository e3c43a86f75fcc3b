#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tollgate::rules {

/// Digit strings of 1 to 17 digits, each with a number: 11.4 octets an entry, or 17.1 where any of those
/// numbers is not 0. Leading zeros count: `07` is not `7`. An open hash table.
class DigitTable {
 public:
  static constexpr std::size_t max_digits = 17;

  /// The digits as one number, which also tells their count. Nothing where there are none, or too many, or
  /// anything but digits.
  static std::optional<std::uint64_t> pack(std::string_view digits) noexcept;

  /// An empty table with room for that many entries; more make it grow. Throws std::bad_alloc.
  explicit DigitTable(std::size_t capacity = 0);

  /// False where the digits are there already: nothing changes then. Throws std::bad_alloc.
  bool insert(std::uint64_t packed, std::uint32_t number);

  /// The number that stands with exactly these digits.
  std::optional<std::uint32_t> find(std::string_view digits) const noexcept;

  /// Calls `good(number)`, or `good(number, packed digits)`, for each entry that `digits` begin with, the
  /// longest first, until one is good: that one's number. What comes after the first 17 digits does not
  /// matter, whatever it is.
  template <class Good>
  std::optional<std::uint32_t> find_prefix(std::string_view digits, Good&& good) const noexcept;

  std::size_t size() const { return size_; }
  std::size_t octets() const;

 private:
  static constexpr std::size_t slots_in_cache = 2'048;  ///< so many stay there, if they are asked often
  static constexpr unsigned count_shift = 58;  ///< of a packed number: the count of digits stands above this

  void grow();
  std::size_t home(std::uint64_t packed) const noexcept;
  std::size_t slot(std::uint64_t packed) const noexcept;
  std::uint32_t value(std::size_t slot) const noexcept { return values_.empty() ? 0 : values_[slot]; }

  std::vector<std::uint64_t> slots_;   ///< packed numbers; 0: free
  std::vector<std::uint32_t> values_;  ///< of the same slots; empty while all are 0
  std::size_t size_ = 0;
  std::uint32_t counts_ = 0;     ///< bit n: there is an entry of n digits
  std::size_t most_digits_ = 0;  ///< of an entry
};

template <class Good>
std::optional<std::uint32_t> DigitTable::find_prefix(std::string_view digits, Good&& good) const noexcept {
  std::uint64_t numbers[max_digits + 1];  // by how many digits they have
  const std::size_t most = std::min(digits.size(), most_digits_);
  std::uint64_t number = 0;
  std::size_t read = 0;
  while (read < most) {
    const auto digit = static_cast<unsigned char>(digits[read] - '0');
    if (digit > 9) break;
    number = number * 10 + digit;
    numbers[++read] = number;
  }
  std::uint32_t counts = counts_ & ((std::uint32_t{2} << read) - 1);
  const auto packed = [&](std::size_t count) { return numbers[count] | std::uint64_t{count} << count_shift; };
  const auto longest = [](std::uint32_t of) { return static_cast<std::size_t>(std::bit_width(of)) - 1; };
  if (slots_.size() > slots_in_cache) {
    for (std::uint32_t rest = counts; rest != 0; rest ^= 1U << longest(rest))
      __builtin_prefetch(&slots_[home(packed(longest(rest)))]);
  }
  const auto is_good = [&](std::size_t at) {
    if constexpr (std::is_invocable_v<Good&, std::uint32_t, std::uint64_t>)
      return good(value(at), slots_[at]);
    else return good(value(at));
  };
  for (; counts != 0; counts ^= 1U << longest(counts)) {
    const std::size_t found = slot(packed(longest(counts)));
    if (slots_[found] != 0 && is_good(found)) return value(found);
  }
  return {};
}

inline std::size_t DigitTable::home(std::uint64_t packed) const noexcept {
  std::uint64_t mixed = packed ^ packed >> 32;
  mixed *= 0x9E37'79B9'7F4A'7C15;  // neighbouring numbers go far apart
  mixed ^= mixed >> 29;
  mixed *= 0xBF58'476D'1CE4'E5B9;
  return (mixed >> 32) * slots_.size() >> 32;
}

inline std::size_t DigitTable::slot(std::uint64_t packed) const noexcept {
  std::size_t at = home(packed);
  while (slots_[at] != 0 && slots_[at] != packed) {
    if (++at == slots_.size()) at = 0;
  }
  return at;
}

}  // namespace tollgate::rules
