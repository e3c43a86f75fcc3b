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

/// Of four bits, how many are set.
std::uint64_t ones_of(unsigned bits) {
  constexpr std::uint64_t ones = 0x4332'3221'3221'2110;  // a hexadecimal digit each
  return ones >> (4 * bits) & 0xFU;
}

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

/// Free, or not within the window before or after the time.
bool RecentCharges::is_free(const Entry& entry, std::uint64_t time_ns) const {
  // 0, which is free, is before it.
  const std::uint64_t oldest = std::max(time_ns, window_ns_ + 1) - window_ns_;
  return entry.charged_ns - oldest > time_ns + window_ns_ - oldest;
}

/// Which entries are used is as good as random: to branch by it takes longer than all of this.
RecentCharges::Look RecentCharges::look(std::uint64_t place, std::uint64_t tag, std::uint64_t time_ns) const {
  Look look;
  const auto& entries = places_[place].entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    look.is_known |= entries[i].tag == tag;
    look.free |= (is_free(entries[i], time_ns) ? 1U : 0U) << i;
  }
  return look;
}

RecentCharges::Entry* RecentCharges::find(const MessageId& key) const {
  const std::uint64_t tag = tag_of(key);
  const std::uint64_t first = first_place(key);
  for (const std::uint64_t place : {first, other_place(first, tag)}) {
    for (Entry& entry : places_[place].entries) {
      if (entry.tag == tag) return &entry;
    }
  }
  return nullptr;
}

RecentCharges::Entry* RecentCharges::free_in(std::uint64_t place, std::uint64_t time_ns) const {
  auto& entries = places_[place].entries;
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return is_free(entry, time_ns); });
  return found == entries.end() ? nullptr : &*found;
}

/// Moves an entry of a full place to its other one. Null where that has no room for any of them.
RecentCharges::Entry* RecentCharges::move_one(std::uint64_t place, std::uint64_t time_ns) const {
  for (Entry& entry : places_[place].entries) {
    if (Entry* const to = free_in(other_place(place, entry.tag), time_ns); to != nullptr) {
      *to = entry;
      entry = {};
      return &entry;
    }
  }
  return nullptr;
}

/// Where both of its places are full.
RecentCharges::Entry& RecentCharges::make_room(const MessageId& key, std::uint64_t time_ns,
                                               Shard& shard) const {
  const std::uint64_t first = first_place(key);
  const std::uint64_t second = other_place(first, tag_of(key));
  for (const std::uint64_t place : {first, second}) {
    if (Entry* const entry = move_one(place, time_ns); entry != nullptr) return *entry;
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
  const std::uint64_t tag = tag_of(key);
  const std::array places{first_place(key), other_place(first_place(key), tag)};
  const std::array looks{look(places[0], tag, time_ns), look(places[1], tag, time_ns)};
  Entry* entry = nullptr;
  if (looks[0].is_known || looks[1].is_known) {
    entry = find(key);
    if (!is_free(*entry, time_ns)) return false;
  } else if ((looks[0].free | looks[1].free) != 0) {
    const std::size_t freer = ones_of(looks[1].free) > ones_of(looks[0].free) ? 1 : 0;
    entry = &places_[places[freer]].entries[static_cast<std::size_t>(std::countr_zero(looks[freer].free))];
  } else {
    entry = &make_room(key, time_ns, shard);
    if (!is_free(*entry, time_ns)) count_off(shard, entry->charged_ns);
  }
  *entry = {tag, std::max<std::uint64_t>(time_ns, 1)};
  count(shard, entry->charged_ns);
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

bool RecentCharges::has_period(const Shard& shard, std::uint64_t charged_ns) const {
  return shard.period - period_of(charged_ns) < period_count;
}

/// Of one that is not near the last, as where the clock was set back, it counts anew.
void RecentCharges::begin_period(Shard& shard, std::uint64_t period) const {
  if (period - shard.period < period_count) {
    while (shard.period != period) shard.keys[++shard.period % period_count] = 0;
  } else {
    shard.keys.fill(0);
    shard.period = period;
  }
}

void RecentCharges::count(Shard& shard, std::uint64_t charged_ns) const {
  if (!has_period(shard, charged_ns)) begin_period(shard, period_of(charged_ns));
  ++shard.keys[period_of(charged_ns) % period_count];
}

void RecentCharges::count_off(Shard& shard, std::uint64_t charged_ns) const {
  if (!has_period(shard, charged_ns)) return;
  std::uint32_t& keys = shard.keys[period_of(charged_ns) % period_count];
  if (keys != 0) --keys;  // it may have counted anew since
}

TableUse RecentCharges::use(std::uint64_t time_ns) const {
  const std::uint64_t first = period_of(time_ns > window_ns_ ? time_ns - window_ns_ : 0);
  TableUse use{.capacity = (mask_ + 1) * Place{}.entries.size()};
  for (std::uint32_t i = 0; i < shard_count; ++i) {
    const Shard& shard = shards_[i];
    const SpinLock lock(shards_[i].lock);
    for (std::uint64_t ago = 0; ago < period_count && first + ago <= shard.period; ++ago)
      use.entries += shard.keys[(shard.period - ago) % period_count];
  }
  return use;
}

std::uint64_t RecentCharges::evicted() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < shard_count; ++i) sum += shards_[i].evicted.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace tollgate::charge
