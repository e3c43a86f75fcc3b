#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "flow/zero_pages.hpp"
#include "message/message.hpp"
#include "message/table_use.hpp"

namespace tollgate::charge {

/// What was charged lately, so that it is not charged again. Shared by all workers: a key has two places of
/// four entries, a cache line each, on one page of memory: finding that page costs more than the second line.
/// Every 64th page shares a lock, which is held for one look. Where both places are full, an entry moves to
/// its other place; where none can, the one that was charged longest ago makes room. Nothing is remembered
/// for longer than the window. Allocates only when it is made, and has all of its memory then.
class RecentCharges {
 public:
  /// `capacity`: keys, in all; rounded up to a power of two. 16 octets each. Three fifths at least are used
  /// before a key has to go early.
  RecentCharges(std::uint32_t capacity, std::uint64_t window_ns);
  RecentCharges(const RecentCharges&) = delete;
  RecentCharges& operator=(const RecentCharges&) = delete;

  /// Whether the key is remembered, and not older than the window.
  bool knows(const MessageId& key, std::uint64_t time_ns) const;
  /// The same, and if not, the key is remembered from now on: true.
  bool claim(const MessageId& key, std::uint64_t time_ns);
  /// As if it had never been claimed.
  void forget(const MessageId& key);
  /// The key will be asked for soon.
  void prefetch(const MessageId& key) const {
    const std::uint64_t first = first_place(key);
    __builtin_prefetch(&places_[first], 1);
    __builtin_prefetch(&places_[other_place(first, tag_of(key))], 1);
  }

  /// Keys that had to go before their window was over. Any thread.
  std::uint64_t evicted() const;

  /// Keys that are remembered, and some that are older than the window by a seventh of it. Any thread.
  TableUse use(std::uint64_t time_ns) const;

 private:
  struct Entry {
    std::uint64_t tag = 0;         ///< of the key
    std::uint64_t charged_ns = 0;  ///< 0: free
  };
  struct alignas(64) Place {
    std::array<Entry, 4> entries;
  };
  /// Keys that were claimed in the same part of the time.
  struct Period {
    std::uint64_t number = 0;
    std::uint32_t keys = 0;
  };
  static constexpr std::uint32_t period_count = 16;
  struct alignas(64) Shard {
    std::atomic_flag lock;
    std::atomic<std::uint64_t> evicted{0};  ///< written under the lock
    std::array<Period, period_count> periods;
  };
  static constexpr std::uint32_t shard_count = 64;
  static constexpr std::uint32_t page_places = 64;  ///< of 4 KiB

  /// Of all of the key: keys that differ in one half only, as those of several recipients do, are others.
  static std::uint64_t tag_of(const MessageId& key) { return key.low + key.high * 0x9E37'79B9'7F4A'7C15; }
  std::uint64_t first_place(const MessageId& key) const { return key.high & mask_; }
  /// On the same page; of that one it is the place given.
  static std::uint64_t other_place(std::uint64_t place, std::uint64_t tag) {
    return place ^ (1 + tag % (page_places - 1));
  }
  std::uint64_t period_of(std::uint64_t time_ns) const { return time_ns >> period_shift_; }
  void count(Shard& shard, std::uint64_t charged_ns) const;
  void count_off(Shard& shard, std::uint64_t charged_ns) const;
  Shard& shard_of(const MessageId& key) const {
    return shards_[first_place(key) / page_places % shard_count];
  }
  bool is_free(const Entry& entry, std::uint64_t time_ns) const;
  Entry* find(const MessageId& key) const;
  Entry* free_in(std::uint64_t place, std::uint64_t time_ns) const;
  Entry* make_room(std::uint64_t place, std::uint64_t time_ns) const;
  Entry& room_for(const MessageId& key, std::uint64_t time_ns, Shard& shard) const;

  std::uint64_t mask_;  ///< of places
  flow::ZeroPages memory_;
  Place* places_;
  std::unique_ptr<Shard[]> shards_;
  std::uint64_t window_ns_;
  std::uint32_t period_shift_ = 0;  ///< a period is so many bits of nanoseconds; the window has 14 at most
};

}  // namespace tollgate::charge
