#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "flow/zero_pages.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// What was charged lately, so that it is not charged again. Shared by all workers: a key has one place of
/// four entries, a cache line, and a lock that is shared by every 64th place and held for one look. Where all
/// four are taken, the one that was charged longest ago makes room. Nothing is remembered for longer than the
/// window. Allocates only when it is made.
class RecentCharges {
 public:
  /// `capacity`: keys, in all; rounded up to a power of two. 16 octets each, once they are used.
  RecentCharges(std::uint32_t capacity, std::uint64_t window_ns);
  RecentCharges(const RecentCharges&) = delete;
  RecentCharges& operator=(const RecentCharges&) = delete;

  /// Whether the key is new, or older than the window: it is remembered then.
  bool claim(const MessageId& key, std::uint64_t time_ns);
  /// As if it had never been claimed.
  void forget(const MessageId& key);
  /// The key will be claimed soon.
  void prefetch(const MessageId& key) const { __builtin_prefetch(&place_of(key), 1); }

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

  Place& place_of(const MessageId& key) const { return places_[key.high & mask_]; }
  Shard& shard_of(const MessageId& key) const { return shards_[key.high % shard_count]; }
  static Entry* find(Place& place, const MessageId& key);

  std::uint64_t mask_;  ///< of places
  flow::ZeroPages memory_;
  Place* places_;
  std::unique_ptr<Shard[]> shards_;
  std::uint64_t window_ns_;
};

}  // namespace tollgate::charge
