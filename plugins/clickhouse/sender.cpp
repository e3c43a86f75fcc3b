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

/// Whether it is gone from the spool.
bool Sender::send(const Spool::Batch& batch) {
  switch (server_.insert(batch.table, batch.body)) {
    case Answer::taken: sent(batch); return true;
    case Answer::refused: return refused(batch);
    case Answer::later: break;
  }
  tries_ = 0;
  failed();
  spool_.later();
  return false;
}

void Sender::sent(const Spool::Batch& batch) {
  tries_ = 0;
  in_a_row_ = false;
  {
    const std::lock_guard lock(mutex_);
    state_.sent += batch.events;
    state_.error.clear();
  }
  spool_.done(batch.serial);
}

/// A single batch with something wrong in it says nothing of others. With a second one, nothing arrives.
bool Sender::refused(const Spool::Batch& batch) {
  if (in_a_row_) failed();
  if (++tries_ < most_tries) {
    spool_.later();
    return false;
  }
  tries_ = 0;
  in_a_row_ = true;
  {
    const std::lock_guard lock(mutex_);
    state_.refusal = server_.error();
  }
  spool_.refuse(batch.serial);
  return true;
}

void Sender::failed() {
  const std::lock_guard lock(mutex_);
  state_.error = server_.error();
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
