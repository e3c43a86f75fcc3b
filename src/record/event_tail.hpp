#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "message/message.hpp"
#include "record/privacy.hpp"

namespace tollgate::record {

/// The last events, in memory, for who looks on while they come. Each has a number, from 1. One thread adds,
/// any thread asks.
class EventTail {
 public:
  /// So many events and octets are kept, the oldest goes first; so many are taken in a second. What is beyond
  /// has a number, and is not kept.
  struct Bounds {
    std::size_t events = 10'000;
    std::size_t octets = std::size_t{64} << 20U;
    std::uint32_t a_second = 5'000;
  };

  /// An event is shown as `privacy` says; to who sees no numbers, without text and with numbers that are
  /// masked, where they are not pseudonyms.
  explicit EventTail(const PrivacySettings& privacy) : EventTail(privacy, Bounds{}) {}
  EventTail(const PrivacySettings& privacy, const Bounds& bounds);

  struct Event {
    std::uint64_t number = 0;
    std::string line;     ///< JSON
    std::string reduced;  ///< the same for who sees no numbers; empty where nothing else is shown

    const std::string& shown(bool sees_numbers) const {
      return sees_numbers || reduced.empty() ? line : reduced;
    }
  };

  /// `now_ns` is any clock that goes on. Of signalling there are no events.
  void add(const Message& message, std::uint64_t now_ns);

  struct Events {
    std::vector<std::shared_ptr<const Event>> kept;  ///< the oldest first
    std::uint64_t newest = 0;                        ///< the number of the last event, kept or not
  };
  /// Those of higher numbers.
  Events after(std::uint64_t number) const;

 private:
  bool takes_another(std::uint64_t now_ns);
  void keep(std::shared_ptr<const Event> event);

  const Bounds bounds_;
  Privacy privacy_;
  Privacy reduced_;
  const bool reduces_;  ///< the two show something else

  // Of the thread that adds.
  std::uint64_t second_began_ns_ = 0;
  std::uint32_t in_this_second_ = 0;

  std::atomic<std::uint64_t> newest_ = 0;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<const Event>> kept_;  ///< under the mutex
  std::size_t octets_ = 0;                         ///< under the mutex
};

}  // namespace tollgate::record
