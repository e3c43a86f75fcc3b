#include "rules/text_table.hpp"

#include <cstring>
#include <limits>
#include <new>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::rules {
namespace {

constexpr std::size_t fill_percent = 70;

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace

TextTable::TextTable(std::size_t capacity, std::size_t octets) {
  const std::size_t room = octets + capacity + 1;
  if (capacity > 3'000'000'000 || room > std::numeric_limits<std::uint32_t>::max()) throw std::bad_alloc();
  slots_.resize(capacity * 100 / fill_percent + 1);
  texts_.reserve(room);
  texts_.push_back('\0');
}

std::string_view TextTable::text(const Slot& slot) const noexcept {
  return {texts_.data() + slot.place + 1, static_cast<unsigned char>(texts_[slot.place])};
}

std::size_t TextTable::find_slot(std::string_view wanted, std::uint64_t hash) const noexcept {
  const auto tag = static_cast<std::uint32_t>(hash);
  std::size_t at = (hash >> 32) * slots_.size() >> 32;
  while (slots_[at].place != 0 && (slots_[at].tag != tag || text(slots_[at]) != wanted)) {
    if (++at == slots_.size()) at = 0;
  }
  return at;
}

bool TextTable::insert(std::string_view wanted, std::uint16_t value) {
  const std::uint64_t hash = hash_of(wanted);
  const std::size_t at = find_slot(wanted, hash);
  if (slots_[at].place != 0) return false;
  if (value != 0 && values_.empty()) values_.resize(slots_.size());
  slots_[at] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(texts_.size())};
  if (!values_.empty()) values_[at] = value;
  texts_.push_back(static_cast<char>(wanted.size()));
  texts_.append(wanted);
  ++size_;
  return true;
}

std::optional<std::uint16_t> TextTable::find(std::string_view wanted) const noexcept {
  if (wanted.empty() || wanted.size() > max_octets) return {};
  const std::size_t at = find_slot(wanted, hash_of(wanted));
  if (slots_[at].place == 0) return {};
  return values_.empty() ? std::uint16_t{0} : values_[at];
}

std::size_t TextTable::octets() const {
  return slots_.capacity() * sizeof(Slot) + values_.capacity() * sizeof(values_[0]) + texts_.capacity();
}

}  // namespace tollgate::rules
