#include "rules/digit_table.hpp"

#include <new>
#include <utility>

namespace tollgate::rules {
namespace {

// At this fill, most lookups, of present and of absent digits, touch a single cache line.
constexpr std::size_t fill_percent = 70;
constexpr std::size_t most_slots = 0xFFFF'FFFF;

std::size_t slots_for(std::size_t entries) {
  if (entries > most_slots / 100 * fill_percent) throw std::bad_alloc();
  return entries * 100 / fill_percent + 1;
}

}  // namespace

std::optional<std::uint64_t> DigitTable::pack(std::string_view digits) noexcept {
  if (digits.empty() || digits.size() > max_digits) return {};
  std::uint64_t number = 0;  // below 10^17: 57 bits
  for (const char c : digits) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number | std::uint64_t{digits.size()} << count_shift;
}

DigitTable::DigitTable(std::size_t capacity) : slots_(slots_for(capacity)) {}

void DigitTable::grow() {
  DigitTable larger(2 * size_ + 16);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i] != 0) larger.insert(slots_[i], value(i));
  }
  *this = std::move(larger);
}

bool DigitTable::insert(std::uint64_t packed, std::uint32_t number) {
  std::size_t at = slot(packed);
  if (slots_[at] != 0) return false;
  if (slots_for(size_ + 1) > slots_.size()) {
    grow();
    at = slot(packed);
  }
  if (number != 0 && values_.empty()) values_.resize(slots_.size());
  slots_[at] = packed;
  if (!values_.empty()) values_[at] = number;
  const std::size_t count = packed >> count_shift;
  counts_ |= 1U << count;
  most_digits_ = std::max(most_digits_, count);
  ++size_;
  return true;
}

std::optional<std::uint32_t> DigitTable::find(std::string_view digits) const noexcept {
  const auto packed = pack(digits);
  if (!packed) return {};
  const std::size_t at = slot(*packed);
  if (slots_[at] == 0) return {};
  return value(at);
}

std::size_t DigitTable::octets() const {
  return slots_.capacity() * sizeof(slots_[0]) + values_.capacity() * sizeof(values_[0]);
}

}  // namespace tollgate::rules
