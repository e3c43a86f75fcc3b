#include "charge/journal.hpp"

#include <algorithm>
#include <cassert>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tollgate::charge {

std::size_t Journal::size() { return sizeof(Head) + capacity * sizeof(Slot); }

std::uint64_t Journal::layout() {
  const std::uint64_t sizes[]{1, sizeof(Head), sizeof(Slot), sizeof(Charge), capacity};
  return XXH3_64bits(sizes, sizeof sizes);
}

bool Journal::holds_charges(std::span<const std::byte> memory) {
  if (memory.size() < sizeof(Head)) return true;
  const auto* head = reinterpret_cast<const Head*>(memory.data());
  return head->written.load() != head->read.load();
}

Journal::Journal(std::span<std::byte> memory)
    : head_(reinterpret_cast<Head*>(memory.data())),
      slots_(reinterpret_cast<Slot*>(memory.data() + sizeof(Head))) {
  assert(memory.size() >= size());
  // Whoever damaged the counts: more than the ring holds was never waiting.
  const std::uint64_t written = head_->written.load();
  const std::uint64_t read = head_->read.load();
  if (written - read > capacity) head_->read.store(written - std::min<std::uint64_t>(written, capacity));
  read_seen_ = head_->read.load();
}

bool Journal::has_room(std::uint32_t events) {
  const std::uint64_t written = head_->written.load(std::memory_order_relaxed);
  if (written - read_seen_ + events <= capacity) return true;
  read_seen_ = head_->read.load(std::memory_order_acquire);
  return written - read_seen_ + events <= capacity;
}

void Journal::write(const Charge& charge) {
  const std::uint64_t place = head_->written.load(std::memory_order_relaxed);
  Slot& to = slot(place);
  to.charge = charge;
  to.check = check_of(charge, place);
  head_->written.store(place + 1, std::memory_order_release);
}

Journal::Events Journal::read(std::span<Charge> room) {
  const std::uint64_t first = head_->read.load(std::memory_order_relaxed);
  const auto places = static_cast<std::uint32_t>(std::min<std::size_t>(waiting(), room.size()));
  std::size_t good = 0;
  for (std::uint32_t i = 0; i < places; ++i) {
    const Slot& from = slot(first + i);
    if (from.check == check_of(from.charge, first + i)) room[good++] = from.charge;
  }
  return {.charges = room.first(good), .places = places};
}

void Journal::release(std::uint32_t places) {
  head_->read.store(head_->read.load(std::memory_order_relaxed) + places, std::memory_order_release);
}

std::uint32_t Journal::waiting() const {
  return static_cast<std::uint32_t>(head_->written.load(std::memory_order_acquire) -
                                    head_->read.load(std::memory_order_relaxed));
}

std::uint64_t Journal::check_of(const Charge& charge, std::uint64_t place) {
  return XXH3_64bits_withSeed(&charge, sizeof charge, place);
}

}  // namespace tollgate::charge
