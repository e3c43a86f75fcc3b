#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "charge/charge.hpp"
#include "message/table_use.hpp"

namespace tollgate::charge {

/// What one worker has charged and the ledger has not written down: a ring in memory that outlives the
/// process, such as a mapped file, so that no event is lost when that is killed. One thread writes and one
/// reads; the writer never waits, allocates or makes a system call.
class Journal {
 public:
  static constexpr std::uint32_t capacity = 1U << 17U;  ///< events: a round, and those that come meanwhile

  static std::size_t size();  ///< octets of memory
  /// Changes with how the memory is laid out.
  static std::uint64_t layout();

  /// Whether there are charges in a journal's memory, of any layout: its counts always stand at the same
  /// place.
  static bool holds_charges(std::span<const std::byte> memory);

  /// On memory of size() octets, aligned as by mmap: zeros, or what an earlier Journal left there. It must
  /// outlive this.
  explicit Journal(std::span<std::byte> memory);

  // The writer:

  /// Whether so many events fit.
  bool has_room(std::uint32_t events);
  /// An event will be written soon.
  [[gnu::always_inline]] void prefetch() const {  // else it is left out, as it has no effect that is known
    constexpr std::size_t line = 64;
    const auto* const next = reinterpret_cast<const std::byte*>(
        &slots_[head_->written.load(std::memory_order_relaxed) % capacity]);
    for (std::size_t at = 0; at < sizeof(Slot); at += line) __builtin_prefetch(next + at, 1);
  }
  /// Keeps an event; there must be room. What was written before is not lost by a killed process.
  void write(const Charge& charge);

  // The reader:

  struct Events {
    std::span<const Charge> charges;  ///< as written
    std::uint32_t places = 0;         ///< that they take: more where some are damaged
  };
  /// The oldest events, copied to `room`; in the journal they stay until they are released.
  Events read(std::span<Charge> room);
  /// Frees the oldest places.
  void release(std::uint32_t places);
  /// Which ledger the events in it are for: a digest; 0 where none was ever named.
  std::uint64_t ledger() const { return head_->ledger; }
  void belong_to(std::uint64_t ledger) { head_->ledger = ledger; }
  /// Places that are taken.
  std::uint32_t waiting() const;
  TableUse use() const { return {waiting(), capacity}; }

 private:
  struct Slot {
    Charge charge;
    std::uint64_t check = 0;  ///< a digest of the charge and its place
  };
  /// Counts events ever; the low bits are a place. On cache lines of their own.
  struct Head {
    alignas(64) std::atomic<std::uint64_t> written;  ///< by the writer
    alignas(64) std::atomic<std::uint64_t> read;     ///< by the reader
    std::uint64_t ledger;                            ///< by the reader
  };

  static std::uint64_t check_of(const Charge& charge, std::uint64_t place);
  Slot& slot(std::uint64_t place) { return slots_[place % capacity]; }

  Head* head_;
  Slot* slots_;
  std::uint64_t read_seen_;  ///< the writer's last look at head_->read
};

}  // namespace tollgate::charge
