#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/config.hpp"
#include "record/event_ring.hpp"
#include "record/event_tail.hpp"
#include "record/kept_messages.hpp"
#include "record/lines_file.hpp"
#include "record/privacy.hpp"
#include "record/rollups.hpp"
#include "record/sinks.hpp"
#include "record/summary.hpp"
#include "record/tally.hpp"

namespace tollgate::cli {

/// Takes messages from the rings of the workers to a file of events, to sinks and to a summary, on a thread
/// of its own. What cannot be written is counted as lost, and said once; the workers never wait.
class EventWriter {
 public:
  /// Events are appended. Throws std::runtime_error where their file cannot be made, or pseudonyms lack a
  /// key. `kept` is given all messages, and `rollups`, which may be null; both outlive it.
  EventWriter(const EventSettings& settings, unsigned workers, record::KeptMessages& kept,
              record::Rollups* rollups, std::vector<record::OpenSink> sinks);
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Where a worker's engine puts its messages.
  Consumer& ring(unsigned worker) { return *rings_[worker]; }

  /// How often all rings were emptied. Any thread.
  std::uint64_t rounds() const { return rounds_; }

  /// Events that found a ring full, or could not be written. Any thread.
  std::uint64_t lost() const;

  /// Octets of events that are not looked at yet. Any thread.
  std::uint64_t waiting_octets() const;

  /// How it does. Any thread.
  struct Health {
    struct Ring {
      std::uint64_t octets = 0;  ///< of events that are not looked at yet
      std::uint64_t capacity = 0;
    };
    std::uint64_t taken = 0;     ///< events out of the rings, since the start
    std::uint64_t messages = 0;  ///< of these, short messages
    std::uint64_t lost = 0;      ///< events that found a ring full
    std::vector<Ring> rings;     ///< by worker
  };
  Health health() const;

  /// Of all messages that were looked at. Any thread.
  record::Tally tally() const {
    const std::lock_guard lock(tally_mutex_);
    return tally_;
  }

  /// The last ones, as they may be shown. Any thread.
  const record::EventTail& tail() const { return tail_; }

  /// How each sink does. Any thread.
  std::vector<record::Sinks::Health> sinks() const { return sinks_.health(); }

  /// What engines have counted in all, at a time: what is new of what they did not read goes to the sinks.
  void add_unread(const Counters& counters, std::span<const Link> links, std::uint64_t time_ns) {
    sinks_.add_unread(counters, links, time_ns);
  }

  /// Opens the file anew, as whoever has moved it away asks for; sinks do likewise. Any thread.
  void reopen() {
    reopen_ = true;
    sinks_.reopen();
  }

  /// Writes what is left, and ends the thread, and those of the sinks. The workers have ended.
  void close();

  /// A sink did not end; after close().
  bool has_left_a_sink() const { return has_left_a_sink_; }

  /// Of all that was seen; after close().
  record::Summary& summary() { return summary_; }

 private:
  void work();
  std::size_t drain();
  void record(const Message& message);
  void tally(const Message& message);
  void flush();
  void keep_file();
  void look_at_file();

  std::vector<std::unique_ptr<record::EventRing>> rings_;
  record::KeptMessages& kept_;
  record::Rollups* rollups_;
  record::Privacy privacy_;
  record::EventTail tail_;
  std::optional<record::LinesFile> file_;
  record::Sinks sinks_;
  std::string line_;  ///< its room is taken once
  record::Summary summary_;
  record::Tally tally_;  ///< under the mutex
  mutable std::mutex tally_mutex_;
  std::atomic<std::uint64_t> lost_ = 0;  ///< that could not be written
  std::string told_;                     ///< of what the file does not do, as the log knows it
  bool has_left_a_sink_ = false;
  std::atomic<std::uint64_t> rounds_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> messages_{0};
  std::atomic<bool> reopen_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace tollgate::cli
