#include "record/event_ring.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <type_traits>

#include "record/copied_views.hpp"

namespace tollgate::record {
namespace {

static_assert(std::is_trivially_copyable_v<Message>);

constexpr std::size_t smallest_capacity = 64U << 10U;
constexpr std::size_t alignment = alignof(Message);
constexpr std::size_t skip = 0;  ///< in the place of a record's size: the next record stands at the start

static_assert(alignof(Message) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
static_assert(sizeof(std::size_t) <= alignment);

constexpr std::size_t round_up(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace

EventRing::EventRing(std::size_t capacity)
    : capacity_(std::bit_ceil(std::max(capacity, smallest_capacity))),
      room_(std::make_unique_for_overwrite<std::byte[]>(capacity_)) {}

bool EventRing::push(const Message& message) {
  const std::size_t size = round_up(sizeof(Record) + octets_of_views(message));
  if (size > capacity_ / 2) {
    count_lost();
    return true;
  }
  const std::uint64_t written = written_.load(std::memory_order_relaxed);
  const std::size_t place = written & (capacity_ - 1);
  // A record is not split: what does not fit before the end stands at the start. So up to twice its size is
  // needed, which half the ring as a bound allows for.
  const std::size_t before_end = capacity_ - place;
  const std::size_t skipped = size > before_end ? before_end : 0;
  if (!has_room(written, skipped + size)) return false;
  if (skipped != 0) new (room_.get() + place) std::size_t{skip};
  std::byte* at = room_.get() + (skipped != 0 ? 0 : place);
  auto* record = new (at) Record{size, message};
  copy_views(record->message, at + sizeof(Record));
  written_.store(written + skipped + size, std::memory_order_release);
  return true;
}

bool EventRing::has_room(std::uint64_t written, std::size_t size) {
  if (capacity_ - (written - read_seen_) >= size) return true;
  read_seen_ = read_.load(std::memory_order_acquire);
  return capacity_ - (written - read_seen_) >= size;
}

const EventRing::Record* EventRing::front() {
  for (;;) {
    const std::uint64_t read = read_.load(std::memory_order_relaxed);
    if (read == written_seen_) {
      written_seen_ = written_.load(std::memory_order_acquire);
      if (read == written_seen_) return nullptr;
    }
    const std::size_t place = read & (capacity_ - 1);
    const std::byte* at = room_.get() + place;
    if (*std::launder(reinterpret_cast<const std::size_t*>(at)) != skip)
      return std::launder(reinterpret_cast<const Record*>(at));
    read_.store(read + (capacity_ - place), std::memory_order_release);
  }
}

void EventRing::pop(const Record& record) {
  read_.store(read_.load(std::memory_order_relaxed) + record.size, std::memory_order_release);
}

}  // namespace tollgate::record
