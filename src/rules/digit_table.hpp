#pragma once

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
  static constexpr unsigned count_shift = 58;  ///< of a packed number: the count of digits stands above this

  void grow();
  std::size_t home(std::uint64_t packed) const noexcept;
  std::size_t slot(std::uint64_t packed) const noexcept;
  std::uint32_t value(std::size_t slot) const noexcept { return values_.empty() ? 0 : values_[slot]; }

  std::vector<std::uint64_t> slots_;   ///< packed numbers; 0: free
  std::vector<std::uint32_t> values_;  ///< of the same slots; empty while all are 0
  std::size_t size_ = 0;
  std::uint32_t counts_ = 0;  ///< bit n: there is an entry of n digits
};

template <class Good>
std::optional<std::uint32_t> DigitTable::find_prefix(std::string_view digits, Good&& good) const noexcept {
  std::uint64_t packed[max_digits];
  std::uint8_t slots = 0;
  std::uint64_t number = 0;
  for (std::size_t count = 1; count <= digits.size() && counts_ >> count != 0; ++count) {
    const char c = digits[count - 1];
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
    if ((counts_ >> count & 1U) == 0) continue;
    packed[slots] = number | std::uint64_t{count} << count_shift;
    __builtin_prefetch(&slots_[home(packed[slots])]);
    ++slots;
  }
  const auto is_good = [&](std::size_t at) {
    if constexpr (std::is_invocable_v<Good&, std::uint32_t, std::uint64_t>)
      return good(value(at), slots_[at]);
    else return good(value(at));
  };
  while (slots > 0) {
    const std::size_t found = slot(packed[--slots]);
    if (slots_[found] != 0 && is_good(found)) return value(found);
  }
  return {};
}

}  // namespace tollgate::rules
