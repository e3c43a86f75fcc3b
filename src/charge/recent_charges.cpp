#include "charge/recent_charges.hpp"

#include <algorithm>
#include <bit>

namespace tollgate::charge {
namespace {

/// Held for one look at a place: nobody waits long, so nobody sleeps.
class SpinLock {
 public:
  explicit SpinLock(std::atomic_flag& flag) : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) {
      while (flag_.test(std::memory_order_relaxed)) {
      }
    }
  }
  ~SpinLock() { flag_.clear(std::memory_order_release); }
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

 private:
  std::atomic_flag& flag_;
};

std::uint64_t between(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

}  // namespace

RecentCharges::RecentCharges(std::uint32_t capacity, std::uint64_t window_ns)
    : mask_(std::bit_ceil(std::max<std::uint64_t>(capacity / 4, shard_count)) - 1),
      memory_((mask_ + 2) * sizeof(Place)),
      shards_(std::make_unique<Shard[]>(shard_count)),
      window_ns_(window_ns) {
  const auto at = reinterpret_cast<std::uintptr_t>(memory_.span().data());
  places_ = reinterpret_cast<Place*>((at + alignof(Place) - 1) / alignof(Place) * alignof(Place));
}

RecentCharges::Entry* RecentCharges::find(const MessageId& key) const {
  const auto is_it = [&](const Entry& entry) { return entry.charged_ns != 0 && entry.tag == key.low; };
  for (Place* const place : {&first_place(key), &second_place(key)}) {
    const auto found = std::find_if(place->entries.begin(), place->entries.end(), is_it);
    if (found != place->entries.end()) return &*found;
  }
  return nullptr;
}

/// A free one, where there is one.
RecentCharges::Entry& RecentCharges::oldest(Place& place) {
  return *std::min_element(place.entries.begin(), place.entries.end(),
                           [](const Entry& a, const Entry& b) { return a.charged_ns < b.charged_ns; });
}

bool RecentCharges::knows(const MessageId& key, std::uint64_t time_ns) const {
  const SpinLock lock(shard_of(key).lock);
  const Entry* const entry = find(key);
  return entry != nullptr && between(entry->charged_ns, time_ns) <= window_ns_;
}

bool RecentCharges::claim(const MessageId& key, std::uint64_t time_ns) {
  Shard& shard = shard_of(key);
  const SpinLock lock(shard.lock);
  Entry* entry = find(key);
  if (entry != nullptr && between(entry->charged_ns, time_ns) <= window_ns_) return false;
  if (entry == nullptr) {
    Entry& first = oldest(first_place(key));
    Entry& second = oldest(second_place(key));
    entry = first.charged_ns <= second.charged_ns ? &first : &second;
    if (entry->charged_ns != 0 && between(entry->charged_ns, time_ns) <= window_ns_)
      shard.evicted.store(shard.evicted.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  *entry = {key.low, std::max<std::uint64_t>(time_ns, 1)};
  return true;
}

void RecentCharges::forget(const MessageId& key) {
  const SpinLock lock(shard_of(key).lock);
  if (Entry* const entry = find(key); entry != nullptr) *entry = {};
}

std::uint64_t RecentCharges::evicted() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < shard_count; ++i) sum += shards_[i].evicted.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace tollgate::charge
