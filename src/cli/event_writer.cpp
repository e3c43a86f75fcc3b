#include "cli/event_writer.hpp"

#include <chrono>
#include <exception>

#include "cli/log.hpp"
#include "message/counters.hpp"

namespace tollgate::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_flushes = 50ms;
constexpr auto between_looks = 1ms;
constexpr record::JsonLinesOptions append{.append = true};

}  // namespace

EventWriter::EventWriter(const EventSettings& settings, unsigned workers, record::KeptMessages& kept)
    : kept_(kept), privacy_(settings.privacy), file_(settings.file) {
  if (!file_.empty()) lines_.emplace(file_, append);
  for (unsigned i = 0; i < workers; ++i) rings_.push_back(std::make_unique<record::EventRing>());
  thread_ = std::thread([this] { work(); });
}

EventWriter::~EventWriter() { close(); }

void EventWriter::close() {
  if (!thread_.joinable()) return;
  stop_ = true;
  thread_.join();
  Counters counters;
  counters.add(Count::lost_event, lost_ + lost());
  summary_.add(counters);
}

std::uint64_t EventWriter::lost() const {
  std::uint64_t lost = 0;
  for (const auto& ring : rings_) lost += ring->lost();
  return lost;
}

std::uint64_t EventWriter::waiting_octets() const {
  std::uint64_t waiting = 0;
  for (const auto& ring : rings_) waiting += ring->waiting_octets();
  return waiting;
}

EventWriter::Health EventWriter::health() const {
  Health health{.taken = taken_, .messages = messages_, .lost = lost(), .rings = {}};
  for (const auto& ring : rings_) health.rings.push_back({ring->waiting_octets(), ring->capacity()});
  return health;
}

void EventWriter::tally(const Message& message) {
  const std::lock_guard lock(tally_mutex_);
  tally_.add(message);
}

void EventWriter::work() {
  auto flushed = std::chrono::steady_clock::now();
  while (!stop_) {
    if (drain() == 0) std::this_thread::sleep_for(between_looks);
    if (const auto now = std::chrono::steady_clock::now(); now - flushed >= between_flushes) {
      flush();
      flushed = now;
      if (reopen_.exchange(false)) open_anew();
    }
  }
  drain();
  flush();
}

std::size_t EventWriter::drain() {
  std::size_t count = 0;
  for (const auto& ring : rings_)
    count += ring->drain([this](const Message& message) {
      summary_.add(message);
      if (message.kind == Kind::message) ++messages_;
      tally(message);
      kept_.add(message);
      if (lines_) write(message);
    });
  taken_ += count;
  ++rounds_;
  return count;
}

void EventWriter::write(const Message& message) {
  const std::uint64_t before = lines_->lines();
  try {
    const Message shown = privacy_.filter(message);
    lines_->write(shown, privacy_.countries());
    unwritten_ += lines_->lines() - before;
  } catch (const std::exception& why) {
    lose(why);
  }
}

void EventWriter::flush() {
  if (unwritten_ == 0) return;
  try {
    lines_->flush();
    unwritten_ = 0;
    failing_ = false;
  } catch (const std::exception& why) {
    lose(why);
  }
}

void EventWriter::open_anew() {
  if (!lines_) return;
  try {
    lines_->close();
    lines_.emplace(file_, append);
  } catch (const std::exception& why) {
    lose(why);
  }
}

/// What was in the buffer is gone.
void EventWriter::lose(const std::exception& why) {
  if (!failing_) log_error("{}; events are lost until they can be written", why.what());
  failing_ = true;
  lost_ += unwritten_;
  unwritten_ = 0;
}

}  // namespace tollgate::cli
