#include "record/sinks.hpp"

#include <random>
#include <utility>

#include "record/sink_thread.hpp"

namespace tollgate::record {
namespace {

/// A batch that is as large goes on its way at once: queues count whole ones.
constexpr std::size_t most_octets = 256U << 10U;

std::uint64_t random_number() {
  std::random_device random;
  return std::uint64_t{random()} << 32U | random();
}

}  // namespace

Sinks::Sinks(std::vector<OpenSink> sinks, const SinkLog& log) : start_(random_number()) {
  for (OpenSink& sink : sinks) threads_.push_back(std::make_shared<SinkThread>(std::move(sink), log));
  for (const auto& thread : threads_) thread->start();
}

Sinks::~Sinks() { close(std::chrono::milliseconds(0)); }

void Sinks::add(const Message& message, std::string_view json) {
  if (threads_.empty()) return;
  if (!batch_) batch_ = std::make_shared<SinkBatch>();
  batch_->add(message, json);
  if (batch_->octets() >= most_octets) flush();
}

void Sinks::flush() {
  if (!batch_) return;
  for (const auto& thread : threads_) thread->put(batch_);
  batch_.reset();
}

void Sinks::add_unread(const Counters& counters, std::span<const Link> links, std::uint64_t time_ns) {
  if (threads_.empty()) return;
  const auto batch = std::make_shared<SinkBatch>();
  for (UnreadCount& count : unread_.since_last(counters, links, time_ns))
    batch->add(std::move(count), {start_, ++serial_});
  if (!batch->is_of_unread()) return;
  for (const auto& thread : threads_) thread->put(batch);
}

void Sinks::reopen() {
  for (const auto& thread : threads_) thread->reopen();
}

std::vector<Sinks::Health> Sinks::health() const {
  std::vector<Health> all;
  for (const auto& thread : threads_) all.push_back(thread->health());
  return all;
}

bool Sinks::close(std::chrono::milliseconds time) {
  if (std::exchange(closed_, true)) return true;
  flush();
  const auto until = std::chrono::steady_clock::now() + time;
  for (const auto& thread : threads_) thread->stop(until);
  bool all = true;
  for (const auto& thread : threads_) all = thread->wait_for_end() && all;
  return all;
}

}  // namespace tollgate::record
