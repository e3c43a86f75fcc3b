#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "charge/charge.hpp"

namespace tollgate::charge {

/// What an account may spend at once, and how fast: shared by all workers, which take of it, and the settler,
/// which fills it. It stays where it is while the process lives, whatever becomes of the account's data.
struct alignas(64) Quota {
  /// Put aside in the ledger for this appliance, and not yet spent. Workers subtract, the settler adds.
  std::atomic<Amount> left{0};
  /// Nothing more is to be had. Written by the settler.
  std::atomic<bool> at_limit{false};
  /// Written by the settler.
  std::atomic<bool> suspended{false};
  /// When the next message would come in time, if all came as fast as allowed. Written by workers.
  std::atomic<std::uint64_t> due_ns{0};

  /// Takes the amount, all or nothing.
  bool take(Amount amount) {
    Amount before = left.load(std::memory_order_relaxed);
    while (before >= amount) {
      if (left.compare_exchange_weak(before, before - amount, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void give(Amount amount) { left.fetch_add(amount, std::memory_order_relaxed); }

  /// Takes time for so many messages; they may come as fast as they like within a second, and together,
  /// however many they are, where none before them came too fast. Where the clock was set back, they begin
  /// anew.
  bool take_time(std::uint64_t now_ns, std::uint64_t interval_ns, std::uint32_t messages) {
    constexpr std::uint64_t most_together = 255;
    constexpr std::uint64_t ahead_ns = 1'000'000'000;
    std::uint64_t before = due_ns.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t latest = now_ns + ahead_ns + interval_ns * most_together;
      const bool owes = before > now_ns && before <= latest;
      const std::uint64_t due = (owes ? before : now_ns) + interval_ns * messages;
      if (owes && due > now_ns + ahead_ns) return false;
      if (due_ns.compare_exchange_weak(before, due, std::memory_order_relaxed)) return true;
    }
  }
};

/// All of them, by an account's number in the ledger.
class Quotas {
 public:
  static constexpr std::uint32_t most_accounts = 1U << 16U;  ///< numbers below this

  Quotas() : quotas_(most_accounts) {}
  Quota& of(std::uint32_t account) { return quotas_[account]; }

 private:
  std::vector<Quota> quotas_;
};

}  // namespace tollgate::charge
