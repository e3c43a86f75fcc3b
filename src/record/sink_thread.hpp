#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "record/sinks.hpp"

namespace tollgate::record {

/// One sink, its queue and its thread. The thread holds on to this, so that a sink that never comes back can
/// be left behind.
class SinkThread : public std::enable_shared_from_this<SinkThread> {
 public:
  SinkThread(OpenSink sink, const SinkLog& log);

  void start();
  /// Puts the batch into the queue, or counts it as lost; one that the sink does not ask for is neither. Does
  /// not wait.
  void put(std::shared_ptr<const SinkBatch> batch);
  void reopen();
  Sinks::Health health() const;
  /// Lets the thread come to its end.
  void stop(std::chrono::steady_clock::time_point until);
  /// Waits for that, a moment longer than the sink was told; false where it does not come.
  bool wait_for_end();

 private:
  using Clock = std::chrono::steady_clock;
  using Batch = std::shared_ptr<const SinkBatch>;

  struct Errand {
    Batch batch;
    bool reopen = false;
    bool end = false;
  };

  void work();
  Errand next();
  void take(const SinkBatch& batch);
  void finish();
  void drop_queue();
  template <class Call>
  void call(Call&& what);
  void look_at_health();
  void tell(const detect::SinkHealth& health);

  const std::string name_;
  const std::uint64_t most_octets_;
  const SinkLog log_;
  std::unique_ptr<detect::Sink> sink_;  ///< the thread's
  const bool takes_unread_;
  std::string told_error_;  ///< likewise: what the log knows
  std::uint64_t told_lost_ = 0;
  std::uint64_t told_refused_ = 0;
  Clock::time_point told_at_{};

  mutable std::mutex mutex_;  ///< of all that follows
  std::condition_variable changed_;
  std::deque<Batch> queue_;
  std::uint64_t octets_ = 0;  ///< in the queue
  std::uint64_t events_ = 0;  ///< likewise
  std::uint64_t taking_ = 0;  ///< events that the sink is about to take
  std::uint64_t lost_ = 0;    ///< events that found it full
  detect::SinkHealth health_;
  bool calling_ = false;
  Clock::time_point called_at_{};
  bool reopen_ = false;
  bool stop_ = false;
  bool ended_ = false;
  Clock::time_point until_{};
};

}  // namespace tollgate::record
