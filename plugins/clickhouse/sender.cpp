#include "sender.hpp"

#include <optional>

namespace clickhouse {
namespace {

constexpr std::chrono::milliseconds between_looks{100};

}  // namespace

void Sender::finish(std::chrono::milliseconds time) {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    finish_ = true;
    changed_.notify_all();
    if (!changed_.wait_for(lock, time, [this] { return ended_; })) {
      lock.unlock();
      server_.stop();
    }
  }
  thread_.join();
}

Sender::State Sender::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

/// Whether it goes on.
bool Sender::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return finish_; });
  return !finish_;
}

bool Sender::send(const Spool::Batch& batch) {
  const bool sent = server_.insert(batch.body);
  {
    const std::lock_guard lock(mutex_);
    if (sent) state_.sent += batch.events;
    state_.error = sent ? std::string{} : server_.error();
  }
  if (sent) spool_.done(batch.serial);
  else spool_.later();
  return sent;
}

void Sender::work() {
  BackOff back_off;
  for (bool goes_on = true;;) {
    const std::optional<Spool::Batch> batch = spool_.oldest();
    if (batch && send(*batch)) {
      back_off.worked();
      continue;
    }
    if (!goes_on) break;
    goes_on = wait(batch ? back_off.failed() : between_looks);
    if (!goes_on && batch) break;  // the server is away: the next process goes on
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

}  // namespace clickhouse
