#include "charge/recent_charges.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::charge {
namespace {

struct Key {
  MessageId id;
  friend bool operator==(const Key& a, const Key& b) {
    return a.id.low == b.id.low && a.id.high == b.id.high;
  }
  template <class H>
  friend H AbslHashValue(H h, const Key& key) {
    return H::combine(std::move(h), key.id.low);
  }
};

/// Held for one look at a table: nobody waits long, so nobody sleeps.
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

}  // namespace

struct alignas(64) RecentCharges::Shard {
  std::atomic_flag lock;
  std::unique_ptr<flow::BoundedTable<Key, std::uint64_t>> charged_ns;
  std::atomic<std::uint64_t> evicted{0};  ///< written under the lock
};

RecentCharges::RecentCharges(std::uint32_t capacity, std::uint64_t window_ns)
    : shards_(std::make_unique<Shard[]>(shard_count)), window_ns_(window_ns) {
  for (std::uint32_t i = 0; i < shard_count; ++i) {
    shards_[i].charged_ns =
        std::make_unique<flow::BoundedTable<Key, std::uint64_t>>(std::max(capacity / shard_count, 1U));
  }
}

RecentCharges::~RecentCharges() = default;

RecentCharges::Shard& RecentCharges::shard_of(const MessageId& key) const {
  return shards_[key.high % shard_count];
}

bool RecentCharges::claim(const MessageId& key, std::uint64_t time_ns) {
  Shard& shard = shard_of(key);
  const SpinLock lock(shard.lock);
  const auto count_early = [&](const Key&, const std::uint64_t& charged_ns) {
    if (charged_ns + window_ns_ < time_ns) return;
    shard.evicted.store(shard.evicted.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  };
  const auto [charged_ns, inserted] = shard.charged_ns->find_or_insert({key}, count_early);
  const std::uint64_t apart = *charged_ns > time_ns ? *charged_ns - time_ns : time_ns - *charged_ns;
  if (!inserted && apart <= window_ns_) return false;
  *charged_ns = time_ns;
  return true;
}

void RecentCharges::forget(const MessageId& key) {
  Shard& shard = shard_of(key);
  const SpinLock lock(shard.lock);
  shard.charged_ns->erase({key});
}

std::uint64_t RecentCharges::evicted() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < shard_count; ++i) sum += shards_[i].evicted.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace tollgate::charge
