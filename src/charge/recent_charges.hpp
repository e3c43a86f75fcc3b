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
  /// The key will be claimed soon. (A compiler that is not told to put this where it is called leaves it out:
  /// it has no effect that it knows.)
  [[gnu::always_inline]] void prefetch(const MessageId& key) const {
    const std::uint64_t first = first_place(key);
    __builtin_prefetch(&places_[first], 1);
    __builtin_prefetch(&places_[other_place(first, tag_of(key))], 1);
    __builtin_prefetch(&shard_of(key), 1);
    __builtin_prefetch(&shard_of(key).keys, 1);
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
  static constexpr std::uint32_t period_count = 16;
  /// All of it is written under the lock.
  struct alignas(64) Shard {
    std::atomic_flag lock;
    std::atomic<std::uint64_t> evicted{0};
    std::uint64_t period = 0;  ///< the last one in which a key was claimed
    /// Keys that were claimed in that period and in those before it, by the low bits of the period.
    alignas(64) std::array<std::uint32_t, period_count> keys{};
  };
  /// What there is at a place for a key.
  struct Look {
    bool is_known = false;  ///< an entry has it, however old
    unsigned free = 0;      ///< bit n: entry n is
  };
  static constexpr std::uint32_t shard_count = 64;
  static constexpr std::uint32_t page_places = 64;  ///< of 4 KiB

  /// Of all of the key, and never 0, which is the tag of what is free. Keys with the same high half, as those
  /// of several recipients, have tags of their own, and so have those with the same low one.
  static std::uint64_t tag_of(const MessageId& key) {
    const std::uint64_t product = key.high * 0x9E37'79B9'7F4A'7C15;
    // Of the highest bits, the product alone has only the highest, as a low half could have them.
    const std::uint64_t tag = key.low + (product ^ product >> 32U);
    return tag != 0 ? tag : 1;
  }
  std::uint64_t first_place(const MessageId& key) const { return key.high & mask_; }
  /// On the same page; of that one it is the place given.
  static std::uint64_t other_place(std::uint64_t place, std::uint64_t tag) {
    return place ^ (tag | 1U) % page_places;
  }
  std::uint64_t period_of(std::uint64_t time_ns) const { return time_ns >> period_shift_; }
  bool has_period(const Shard& shard, std::uint64_t charged_ns) const;
  void begin_period(Shard& shard, std::uint64_t period) const;
  void count(Shard& shard, std::uint64_t charged_ns) const;
  void count_off(Shard& shard, std::uint64_t charged_ns) const;
  Shard& shard_of(const MessageId& key) const {
    return shards_[first_place(key) / page_places % shard_count];
  }
  bool is_free(const Entry& entry, std::uint64_t time_ns) const;
  Look look(std::uint64_t place, std::uint64_t tag, std::uint64_t time_ns) const;
  Entry* find(const MessageId& key) const;
  Entry* free_in(std::uint64_t place, std::uint64_t time_ns) const;
  Entry* move_one(std::uint64_t place, std::uint64_t time_ns) const;
  Entry& make_room(const MessageId& key, std::uint64_t time_ns, Shard& shard) const;

  std::uint64_t mask_;  ///< of places
  flow::ZeroPages memory_;
  Place* places_;
  std::unique_ptr<Shard[]> shards_;
  std::uint64_t window_ns_;
  std::uint32_t period_shift_ = 0;  ///< a period is so many bits of nanoseconds; the window has 14 at most
};

}  // namespace tollgate::charge
