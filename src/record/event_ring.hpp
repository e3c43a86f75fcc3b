#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "message/message.hpp"

namespace tollgate::record {

/// Carries messages from the worker that finds them to the thread that writes them: a bounded byte ring for
/// one producer and one consumer, without locks. A message is kept with copies of its views
/// (`for_each_view`); views of static storage and of the configuration are kept as they are.
///
/// Producer: `push` or `accept`, which never allocate, wait or make a system call. Consumer: `drain`. Both
/// may be the same thread.
class EventRing final : public Consumer {
 public:
  /// Room in octets, rounded up to a power of two, at least 64 KiB. A message takes its own size (under 1
  /// KiB) and that of its views.
  explicit EventRing(std::size_t capacity = 8U << 20U);

  /// Keeps a copy of `message`. False where there is no room before the consumer drains. A message that
  /// is larger than half the ring counts as lost, and gives true: there is nothing to wait for.
  bool push(const Message& message);

  /// `push`; where there is no room, the message is lost and counted.
  void accept(Message& message) override {
    if (!push(message)) count_lost();
  }

  /// Calls `sink(const Message&)` with each message kept so far, oldest first, and frees its room; the
  /// message and its views are good during the call. Gives their number. Where `sink` throws, that message
  /// stays.
  template <class Sink>
  std::size_t drain(Sink&& sink) {
    std::size_t count = 0;
    for (const Record* record = front(); record != nullptr; record = front()) {
      sink(static_cast<const Message&>(record->message));
      pop(*record);
      ++count;
    }
    return count;
  }

  /// Octets that are kept. Any thread.
  std::uint64_t waiting_octets() const {
    const std::uint64_t read = read_.load(std::memory_order_relaxed);
    return written_.load(std::memory_order_relaxed) - read;
  }

  /// Octets that it has room for.
  std::size_t capacity() const { return capacity_; }

  /// Messages lost so far. Any thread.
  std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  /// A message as it stands in the ring, the octets of its views after it.
  struct Record {
    std::size_t size;  ///< of the whole, views and padding included
    Message message;
  };

  bool has_room(std::uint64_t written, std::size_t size);
  const Record* front();
  void pop(const Record& record);
  void count_lost() { lost_.store(lost_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

  std::size_t capacity_;
  std::unique_ptr<std::byte[]> room_;

  // Octets ever written and ever read; their low bits are places in `room_`. On cache lines of their own:
  // the one is written by the producer, the other by the consumer.
  alignas(64) std::atomic<std::uint64_t> written_{0};
  std::uint64_t read_seen_ = 0;         ///< the producer's last look at read_
  std::atomic<std::uint64_t> lost_{0};  ///< written by the producer only
  alignas(64) std::atomic<std::uint64_t> read_{0};
  std::uint64_t written_seen_ = 0;  ///< the consumer's last look at written_
};

}  // namespace tollgate::record
