#include "record/sink_thread.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace tollgate::record {
namespace {

using namespace std::chrono_literals;

constexpr auto between_ticks = 100ms;
constexpr auto between_lines = 10s;     // of the log, about events that are lost
constexpr auto moment_longer = 1000ms;  // than a sink was given, until it is left behind

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace

SinkThread::SinkThread(OpenSink sink, const SinkLog& log)
    : name_(std::move(sink.name)),
      most_octets_(sink.queue_octets),
      log_(log),
      sink_(std::move(sink.sink)),
      takes_unread_(sink_->takes_unread()) {}

void SinkThread::start() {
  std::thread([self = shared_from_this()] { self->work(); }).detach();
}

void SinkThread::put(Batch batch) {
  if (batch->is_of_unread() && !takes_unread_) return;
  {
    const std::lock_guard lock(mutex_);
    if (octets_ + batch->octets() > most_octets_) {
      lost_ += batch->count();
      return;
    }
    octets_ += batch->octets();
    events_ += batch->count();
    queue_.push_back(std::move(batch));
  }
  changed_.notify_all();
}

void SinkThread::reopen() {
  {
    const std::lock_guard lock(mutex_);
    reopen_ = true;
  }
  changed_.notify_all();
}

Sinks::Health SinkThread::health() const {
  const std::lock_guard lock(mutex_);
  Sinks::Health health{.name = name_, .sink = health_, .queued = octets_, .silent_seconds = 0};
  health.sink.waiting += events_ + taking_;
  health.sink.lost += lost_;
  if (calling_) health.silent_seconds = std::chrono::duration<double>(Clock::now() - called_at_).count();
  return health;
}

void SinkThread::stop(Clock::time_point until) {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    until_ = until;
  }
  changed_.notify_all();
}

bool SinkThread::wait_for_end() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_until(lock, until_ + moment_longer, [this] { return ended_; })) return true;
  const std::uint64_t left = events_ + taking_ + health_.waiting;
  lock.unlock();
  log_.error(fmt::format("the sink {} does not come back, and is left behind with {} events that wait", name_,
                         left));
  return false;
}

/// The next thing to do. Nothing at all: only what is due by time.
SinkThread::Errand SinkThread::next() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, between_ticks, [this] { return stop_ || reopen_ || !queue_.empty(); });
  Errand errand;
  errand.reopen = std::exchange(reopen_, false);
  if (stop_ && (queue_.empty() || Clock::now() >= until_)) {
    errand.end = true;
  } else if (!queue_.empty()) {
    errand.batch = std::move(queue_.front());
    queue_.pop_front();
    octets_ -= errand.batch->octets();
    events_ -= errand.batch->count();
    taking_ = errand.batch->count();
  }
  return errand;
}

void SinkThread::work() {
  auto ticked = Clock::time_point{};
  for (;;) {
    const Errand errand = next();
    if (errand.reopen) call([this] { sink_->reopen(); });
    if (errand.end) break;
    if (errand.batch) call([&] { take(*errand.batch); });
    if (Clock::now() - ticked < between_ticks) continue;
    ticked = Clock::now();
    call([this] { sink_->tick(now_ns()); });
  }
  drop_queue();
  finish();
}

void SinkThread::take(const SinkBatch& batch) {
  if (batch.is_of_unread()) sink_->take_unread(batch.unread());
  else sink_->take(batch.events());
}

void SinkThread::finish() {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now());
  call([&] { sink_->finish(static_cast<std::uint64_t>(std::max(left, 0ms).count())); });
  told_at_ = {};
  look_at_health();
  sink_.reset();
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

/// There was no time to take them.
void SinkThread::drop_queue() {
  const std::lock_guard lock(mutex_);
  lost_ += std::exchange(events_, 0);
  octets_ = 0;
  queue_.clear();
}

template <class Call>
void SinkThread::call(Call&& what) {
  {
    const std::lock_guard lock(mutex_);
    calling_ = true;
    called_at_ = Clock::now();
  }
  what();
  look_at_health();
}

void SinkThread::look_at_health() {
  detect::SinkHealth health = sink_->health();
  detect::SinkHealth told = health;
  {
    const std::lock_guard lock(mutex_);
    told.lost += lost_;
    health_ = std::move(health);
    taking_ = 0;
    calling_ = false;
  }
  tell(told);
}

/// A line when a sink begins to fail, one when it works again, and now and then one of what was lost or
/// refused.
void SinkThread::tell(const detect::SinkHealth& health) {
  if (health.error.empty() != told_error_.empty()) {
    if (health.error.empty()) log_.say(fmt::format("the sink {} works again", name_));
    else log_.error(fmt::format("the sink {} does not work: {}", name_, health.error));
    told_error_ = health.error;
  }
  // What lay there at the start is no news, and a person may take some away.
  if (health.refusal.empty() || health.refused < told_refused_) told_refused_ = health.refused;
  const bool more_refused = health.refused != told_refused_;
  if ((health.lost == told_lost_ && !more_refused) || Clock::now() - told_at_ < between_lines) return;
  told_at_ = Clock::now();
  if (health.lost != told_lost_)
    log_.error(fmt::format("the sink {} has lost {} events", name_,
                           health.lost - std::exchange(told_lost_, health.lost)));
  if (more_refused)
    log_.error(fmt::format("the sink {} has put {} events aside, which its receiver refuses: {}", name_,
                           health.refused - std::exchange(told_refused_, health.refused), health.refusal));
}

}  // namespace tollgate::record
