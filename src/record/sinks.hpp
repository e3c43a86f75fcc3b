#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/sink.hpp"
#include "message/message.hpp"
#include "record/sink_batch.hpp"
#include "record/unread_counts.hpp"

namespace tollgate::record {

/// A sink, and how much may wait for it.
struct OpenSink {
  std::string name;
  std::unique_ptr<detect::Sink> sink;
  std::uint64_t queue_octets = 0;
};

/// What is worth a line in the log.
struct SinkLog {
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> error;
};

class SinkThread;

/// All sinks of an appliance, each on a thread of its own behind a bounded queue: one that hangs holds up
/// nothing but itself. What finds its queue full is lost to it, and counted.
class Sinks {
 public:
  /// The log is called by any thread, and outlives all of them.
  Sinks(std::vector<OpenSink> sinks, const SinkLog& log);
  ~Sinks();
  Sinks(const Sinks&) = delete;
  Sinks& operator=(const Sinks&) = delete;

  bool empty() const { return threads_.empty(); }

  /// The event of `message`, its line without a newline. Does not wait; `flush` brings it on its way, now
  /// and then this does. One thread.
  void add(const Message& message, std::string_view json);
  void flush();

  /// What engines have counted in all on these links, at a time: what is new of what was not read goes to
  /// those sinks that ask for it, by minute. Does not wait. Another thread than that of events may.
  void add_unread(const Counters& counters, std::span<const Link> links, std::uint64_t time_ns);

  /// Lets sinks open their files and connections anew. Any thread.
  void reopen();

  struct Health {
    std::string name;
    detect::SinkHealth sink;    ///< with what its queue holds and has lost
    std::uint64_t queued = 0;   ///< octets of events in its queue
    double silent_seconds = 0;  ///< for which a call to it has not come back
  };
  /// Any thread.
  std::vector<Health> health() const;

  /// Gives sinks so long to bring away what waits. False where one does not come back: it is left behind, on
  /// its thread.
  bool close(std::chrono::milliseconds time);

 private:
  std::vector<std::shared_ptr<SinkThread>> threads_;
  std::shared_ptr<SinkBatch> batch_;
  UnreadCounts unread_;
  std::uint64_t start_;       ///< no other process has it
  std::uint64_t serial_ = 0;  ///< of the last count
  bool closed_ = false;
};

}  // namespace tollgate::record
