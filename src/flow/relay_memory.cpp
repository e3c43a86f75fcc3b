#include "flow/relay_memory.hpp"

#include <cassert>
#include <cstring>
#include <new>

#include "flow/relay_soundness.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint64_t magic = 0x746c6c67'72656c79;  // "tllgrely"
constexpr std::size_t page = 4'096;

std::size_t round_up(std::size_t size) { return (size + page - 1) / page * page; }

/// Copies what is in use: of each direction, not the ranges that it does not have.
void copy(RelayConnection& to, const RelayConnection& from) {
  std::memcpy(static_cast<void*>(&to), &from, offsetof(RelayConnection, directions));
  for (unsigned side = 0; side < 2; ++side) {
    const RelayDirection& direction = from.directions[side];
    constexpr std::size_t head = offsetof(RelayDirection, window) + offsetof(RelayWindow, ranges);
    std::memcpy(static_cast<void*>(&to.directions[side]), &direction,
                head + direction.window.range_count * sizeof(RelayWindow::Range));
  }
}

}  // namespace

std::uint32_t FreeList::take() {
  if (free_ == none && fresh_ == count_) return none;
  ++taken_;
  if (free_ == none) return fresh_++;
  const std::uint32_t number = free_;
  free_ = next_[number];
  return number;
}

void FreeList::give_back(std::uint32_t number) {
  assert(number < fresh_);
  next_[number] = free_;
  free_ = number;
  --taken_;
}

std::uint32_t RelayBuffers::take(std::size_t size) {
  if (size <= small_size) {
    if (const std::uint32_t buffer = small_.take(); buffer != none) return buffer;
  }
  if (size > large_size) return none;
  const std::uint32_t buffer = large_.take();
  return buffer == none ? none : small_.count() + buffer;
}

void RelayBuffers::give_back(std::uint32_t buffer) {
  if (buffer < small_.count()) small_.give_back(buffer);
  else large_.give_back(buffer - small_.count());
}

RelayMemory::Header RelayMemory::header(const Limits& limits) {
  return {magic,
          version,
          static_cast<std::uint32_t>(sizeof(Slot)),
          limits.connections,
          limits.small_buffers,
          limits.large_buffers,
          0};
}

std::size_t RelayMemory::buffers_at(const Limits& limits) {
  return round_up(page + limits.connections * sizeof(Slot));
}

std::size_t RelayMemory::size(const Limits& limits) {
  return buffers_at(limits) + limits.small_buffers * RelayBuffers::small_size +
         limits.large_buffers * RelayBuffers::large_size;
}

bool RelayMemory::is_ours(std::span<const std::byte> memory, const Limits& limits) {
  if (memory.size() < size(limits)) return false;
  Header found{};
  std::memcpy(&found, memory.data(), sizeof found);
  return found == header(limits);
}

RelayMemory::RelayMemory(std::span<std::byte> memory, const Limits& limits)
    : slot_room_(std::launder(reinterpret_cast<Slot*>(memory.data() + page))),
      slots_(limits.connections),
      buffers_(memory.data() + buffers_at(limits), limits.small_buffers, limits.large_buffers) {
  assert(memory.size() >= size(limits));
  const Header ours = header(limits);
  Header found{};
  std::memcpy(&found, memory.data(), sizeof found);
  if (found != ours && found != Header{}) {
    for (std::uint32_t slot = 0; slot < limits.connections; ++slot)
      at(slot).active.store(0, std::memory_order_relaxed);
  }
  std::memcpy(memory.data(), &ours, sizeof ours);
}

const RelayConnection& RelayMemory::committed(std::uint32_t slot) const {
  const std::uint32_t active = at(slot).active.load(std::memory_order_relaxed);
  assert(active != 0);
  return at(slot).copies[active - 1];
}

void RelayMemory::load(std::uint32_t slot, RelayConnection& into) const { copy(into, committed(slot)); }

void RelayMemory::commit(std::uint32_t slot, const RelayConnection& state) {
  Slot& place = at(slot);
  const std::uint32_t spare = place.active.load(std::memory_order_relaxed) == 1 ? 1 : 0;
  copy(place.copies[spare], state);
  place.active.store(spare + 1, std::memory_order_release);
}

void RelayMemory::free_slot(std::uint32_t slot) {
  Slot& place = at(slot);
  if (place.active.load(std::memory_order_relaxed) != 0) {
    for (const RelayDirection& direction : committed(slot).directions) {
      if (direction.window.buffer != none) buffers_.give_back(direction.window.buffer);
    }
  }
  place.active.store(0, std::memory_order_release);
  slots_.give_back(slot);
}

/// Which slots and buffers are taken is told by the states; a slot whose state makes no sense is freed.
void RelayMemory::rebuild() {
  auto taken = std::make_unique<bool[]>(buffers_.count());
  for (std::uint32_t slot = 0; slot < slots_.count(); ++slot) {
    Slot& place = at(slot);
    const std::uint32_t active = place.active.load(std::memory_order_acquire);
    if (active == 0) continue;
    bool sound = active <= 2 && is_sound(place.copies[active - 1], buffers_);
    for (unsigned side = 0; sound && side < 2; ++side) {
      const RelayDirection& direction = place.copies[active - 1].directions[side];
      sound = !direction.has_headers || is_sound(place.headers[side][direction.headers]);
    }
    for (unsigned side = 0; sound && side < 2; ++side) {
      const std::uint32_t buffer = place.copies[active - 1].directions[side].window.buffer;
      if (buffer == none) continue;
      sound = !taken[buffer];
      taken[buffer] = true;
    }
    if (!sound) place.active.store(0, std::memory_order_release);
  }
  buffers_.rebuild([&](std::uint32_t buffer) { return taken[buffer]; });
  slots_.rebuild([&](std::uint32_t slot) { return at(slot).active.load(std::memory_order_relaxed) != 0; });
}

}  // namespace tollgate::flow
