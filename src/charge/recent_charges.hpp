#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "flow/bounded_table.hpp"
#include "message/message.hpp"

namespace tollgate::charge {

/// What was charged lately, so that it is not charged again. Shared by all workers, in shards by key, each
/// with a lock of its own that is held for one look. What was longest not asked for makes room; nothing is
/// remembered for longer than the window. Allocates only when it is made.
class RecentCharges {
 public:
  /// `capacity`: keys, in all.
  RecentCharges(std::uint32_t capacity, std::uint64_t window_ns);
  ~RecentCharges();
  RecentCharges(const RecentCharges&) = delete;
  RecentCharges& operator=(const RecentCharges&) = delete;

  /// Whether the key is new, or older than the window: it is remembered then.
  bool claim(const MessageId& key, std::uint64_t time_ns);
  /// As if it had never been claimed.
  void forget(const MessageId& key);

  /// Keys that had to go before their window was over. Any thread.
  std::uint64_t evicted() const;

 private:
  static constexpr std::uint32_t shard_count = 64;
  struct Shard;
  Shard& shard_of(const MessageId& key) const;

  std::unique_ptr<Shard[]> shards_;
  std::uint64_t window_ns_;
};

}  // namespace tollgate::charge
