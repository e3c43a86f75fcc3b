#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "flow/zero_pages.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// What was charged lately, so that it is not charged again. Shared by all workers: a key has two places of
/// four entries, a cache line each, and a lock that is shared by every 64th place and held for one look.
/// Where both places are full, the entry that was charged longest ago makes room. Nothing is remembered for
/// longer than the window. Allocates only when it is made.
class RecentCharges {
 public:
  /// `capacity`: keys, in all; rounded up to a power of two. 16 octets each, once they are used. Four
  /// fifths at least are used before a key has to go early.
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
    __builtin_prefetch(&first_place(key), 1);
    __builtin_prefetch(&second_place(key), 1);
  }

  /// Keys that had to go before their window was over. Any thread.
  std::uint64_t evicted() const;

 private:
  struct Entry {
    std::uint64_t tag = 0;         ///< the key's `low`; what is left of it is where it stands
    std::uint64_t charged_ns = 0;  ///< 0: free
  };
  struct alignas(64) Place {
    std::array<Entry, 4> entries;
  };
  struct alignas(64) Shard {
    std::atomic_flag lock;
    std::atomic<std::uint64_t> evicted{0};  ///< written under the lock
  };
  static constexpr std::uint32_t shard_count = 64;

  // Both of a key belong to its shard.
  Place& first_place(const MessageId& key) const { return places_[key.high & mask_]; }
  Place& second_place(const MessageId& key) const {
    return places_[((key.high >> 32U ^ key.low) / shard_count * shard_count + key.high % shard_count) &
                   mask_];
  }
  Shard& shard_of(const MessageId& key) const { return shards_[key.high % shard_count]; }
  Entry* find(const MessageId& key) const;
  static Entry& oldest(Place& place);

  std::uint64_t mask_;  ///< of places
  flow::ZeroPages memory_;
  Place* places_;
  std::unique_ptr<Shard[]> shards_;
  std::uint64_t window_ns_;
};

}  // namespace tollgate::charge
