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
    : mask_(std::bit_ceil(std::max<std::uint64_t>(capacity / 4, page_places)) - 1),
      memory_((mask_ + 1) * sizeof(Place)),
      places_(reinterpret_cast<Place*>(memory_.span().data())),
      shards_(std::make_unique<Shard[]>(shard_count)),
      window_ns_(window_ns) {
  constexpr std::uint64_t most_periods = 14;  // and the two that the window cuts are kept
  while (window_ns_ >> period_shift_ > most_periods) ++period_shift_;
  memory_.touch();
}

RecentCharges::Entry* RecentCharges::find(const MessageId& key) const {
  const std::uint64_t tag = tag_of(key);
  const std::uint64_t first = first_place(key);
  const auto is_it = [&](const Entry& entry) { return entry.charged_ns != 0 && entry.tag == tag; };
  for (const std::uint64_t place : {first, other_place(first, tag)}) {
    auto& entries = places_[place].entries;
    const auto found = std::find_if(entries.begin(), entries.end(), is_it);
    if (found != entries.end()) return &*found;
  }
  return nullptr;
}

bool RecentCharges::is_free(const Entry& entry, std::uint64_t time_ns) const {
  return entry.charged_ns == 0 || between(entry.charged_ns, time_ns) > window_ns_;
}

RecentCharges::Entry* RecentCharges::free_in(std::uint64_t place, std::uint64_t time_ns) const {
  auto& entries = places_[place].entries;
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return is_free(entry, time_ns); });
  return found == entries.end() ? nullptr : &*found;
}

/// Moves an entry of a full place to its other one. Null where that has no room for any of them.
RecentCharges::Entry* RecentCharges::make_room(std::uint64_t place, std::uint64_t time_ns) const {
  for (Entry& entry : places_[place].entries) {
    if (Entry* const to = free_in(other_place(place, entry.tag), time_ns); to != nullptr) {
      *to = entry;
      entry = {};
      return &entry;
    }
  }
  return nullptr;
}

RecentCharges::Entry& RecentCharges::room_for(const MessageId& key, std::uint64_t time_ns,
                                              Shard& shard) const {
  const std::uint64_t first = first_place(key);
  const std::uint64_t second = other_place(first, tag_of(key));
  const auto used = [&](std::uint64_t place) {
    const auto& entries = places_[place].entries;
    return std::count_if(entries.begin(), entries.end(),
                         [&](const Entry& entry) { return !is_free(entry, time_ns); });
  };
  if (Entry* const entry = free_in(used(first) <= used(second) ? first : second, time_ns); entry != nullptr)
    return *entry;
  for (const std::uint64_t place : {first, second}) {
    if (Entry* const entry = make_room(place, time_ns); entry != nullptr) return *entry;
  }
  shard.evicted.store(shard.evicted.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const auto earlier = [](const Entry& a, const Entry& b) { return a.charged_ns < b.charged_ns; };
  Entry& a = *std::min_element(places_[first].entries.begin(), places_[first].entries.end(), earlier);
  Entry& b = *std::min_element(places_[second].entries.begin(), places_[second].entries.end(), earlier);
  return earlier(b, a) ? b : a;
}

bool RecentCharges::knows(const MessageId& key, std::uint64_t time_ns) const {
  const SpinLock lock(shard_of(key).lock);
  const Entry* const entry = find(key);
  return entry != nullptr && !is_free(*entry, time_ns);
}

bool RecentCharges::claim(const MessageId& key, std::uint64_t time_ns) {
  Shard& shard = shard_of(key);
  const SpinLock lock(shard.lock);
  Entry* const known = find(key);
  if (known != nullptr && !is_free(*known, time_ns)) return false;
  Entry& entry = known != nullptr ? *known : room_for(key, time_ns, shard);
  if (!is_free(entry, time_ns)) count_off(shard, entry.charged_ns);
  entry = {tag_of(key), std::max<std::uint64_t>(time_ns, 1)};
  count(shard, entry.charged_ns);
  return true;
}

void RecentCharges::forget(const MessageId& key) {
  Shard& shard = shard_of(key);
  const SpinLock lock(shard.lock);
  Entry* const entry = find(key);
  if (entry == nullptr) return;
  count_off(shard, entry->charged_ns);
  *entry = {};
}

void RecentCharges::count(Shard& shard, std::uint64_t charged_ns) const {
  Period& period = shard.periods[period_of(charged_ns) % period_count];
  if (period.number != period_of(charged_ns)) period = {.number = period_of(charged_ns)};
  ++period.keys;
}

void RecentCharges::count_off(Shard& shard, std::uint64_t charged_ns) const {
  Period& period = shard.periods[period_of(charged_ns) % period_count];
  if (period.number == period_of(charged_ns)) --period.keys;
}

TableUse RecentCharges::use(std::uint64_t time_ns) const {
  const std::uint64_t first = period_of(time_ns > window_ns_ ? time_ns - window_ns_ : 0);
  TableUse use{.capacity = (mask_ + 1) * Place{}.entries.size()};
  for (std::uint32_t i = 0; i < shard_count; ++i) {
    const SpinLock lock(shards_[i].lock);
    for (const Period& period : shards_[i].periods) use.entries += period.number >= first ? period.keys : 0;
  }
  return use;
}

std::uint64_t RecentCharges::evicted() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < shard_count; ++i) sum += shards_[i].evicted.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace tollgate::charge
