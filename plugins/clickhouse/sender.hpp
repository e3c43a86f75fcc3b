#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "server.hpp"
#include "spool.hpp"

namespace clickhouse {

/// How long to wait after a failure: twice as long each time, up to a bound.
class BackOff {
 public:
  static constexpr std::chrono::milliseconds least{200};
  static constexpr std::chrono::milliseconds most{10'000};

  std::chrono::milliseconds failed() {
    const auto now = next_;
    next_ = std::min(next_ * 2, most);
    return now;
  }
  void worked() { next_ = least; }

 private:
  std::chrono::milliseconds next_ = least;
};

/// Sends the batches of a spool, the oldest first, on a thread of its own. One that fails is tried again,
/// until it is sent or the spool drops it; what follows waits. One that the server refuses for good is tried
/// a few times, and then put aside.
class Sender {
 public:
  static constexpr unsigned most_tries = 3;  ///< of a batch that is refused

  Sender(Spool& spool, Server& server) : spool_(spool), server_(server), thread_([this] { work(); }) {}
  ~Sender() { finish(std::chrono::milliseconds(0)); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// There may be a batch to send.
  void wake() { changed_.notify_all(); }
  /// Ends when all is sent, when sending fails, or when the time is over.
  void finish(std::chrono::milliseconds time);

  struct State {
    std::uint64_t sent = 0;  ///< events
    std::string error;       ///< why nothing arrives; empty: it does, or only the last batch was refused
    std::string refusal;     ///< why the last one was that was put aside; empty: none was
  };
  State state() const;

 private:
  void work();
  bool send(const Spool::Batch& batch);
  void sent(const Spool::Batch& batch);
  bool refused(const Spool::Batch& batch);
  void failed();
  bool wait(std::chrono::milliseconds time);

  Spool& spool_;
  Server& server_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_;
  unsigned tries_ = 0;     ///< the thread's: how often the oldest batch was refused
  bool in_a_row_ = false;  ///< likewise: the one before was put aside
  bool finish_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace clickhouse
