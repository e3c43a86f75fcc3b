#include "rules/text_table.hpp"

#include <algorithm>
#include <new>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::rules {
namespace {

constexpr std::size_t fill_percent = 70;
constexpr std::size_t most_slots = 0xFFFF'FFFF;
constexpr std::size_t most_octets = 0xFFFF'FFFF;

std::size_t slots_for(std::size_t entries) {
  if (entries > most_slots / 100 * fill_percent) throw std::bad_alloc();
  return entries * 100 / fill_percent + 1;
}

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace

TextTable::TextTable(std::size_t capacity, std::size_t octets) : slots_(slots_for(capacity)) {
  texts_.reserve(std::min(octets + capacity + 1, most_octets));
  texts_.push_back('\0');
}

void TextTable::grow() {
  std::vector<Slot> slots(slots_for(2 * size_ + 16));
  std::vector<std::uint16_t> values(values_.empty() ? 0 : slots.size());
  slots.swap(slots_);
  values.swap(values_);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].place == 0) continue;
    const std::string_view moved = text(slots[i]);
    const std::size_t at = find_slot(moved, hash_of(moved));
    slots_[at] = slots[i];
    if (!values.empty()) values_[at] = values[i];
  }
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

bool TextTable::insert(std::string_view wanted, std::uint16_t number) {
  const std::uint64_t hash = hash_of(wanted);
  std::size_t at = find_slot(wanted, hash);
  if (slots_[at].place != 0) return false;
  if (texts_.size() + 1 + wanted.size() > most_octets) throw std::bad_alloc();
  if (slots_for(size_ + 1) > slots_.size()) {
    grow();
    at = find_slot(wanted, hash);
  }
  if (number != 0 && values_.empty()) values_.resize(slots_.size());
  slots_[at] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(texts_.size())};
  if (!values_.empty()) values_[at] = number;
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
