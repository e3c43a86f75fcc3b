#include "cli/event_writer.hpp"

#include <chrono>
#include <exception>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "message/counters.hpp"

namespace tollgate::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_flushes = 50ms;
constexpr auto between_looks = 1ms;

}  // namespace

EventWriter::EventWriter(const EventSettings& settings, unsigned workers, record::KeptMessages& kept,
                         record::Rollups* rollups)
    : kept_(kept), rollups_(rollups), privacy_(settings.privacy) {
  if (!settings.file.empty()) file_.emplace(settings.file, settings.rotation);
  for (unsigned i = 0; i < workers; ++i) rings_.push_back(std::make_unique<record::EventRing>());
  thread_ = std::thread([this] { work(); });
}

EventWriter::~EventWriter() { close(); }

void EventWriter::close() {
  if (!thread_.joinable()) return;
  stop_ = true;
  thread_.join();
  Counters counters;
  counters.add(Count::lost_event, lost());
  summary_.add(counters);
}

std::uint64_t EventWriter::lost() const {
  std::uint64_t lost = lost_;
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
      keep_file();
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
      if (rollups_ != nullptr) rollups_->add(message);
      if (file_) write(message);
    });
  taken_ += count;
  ++rounds_;
  return count;
}

void EventWriter::write(const Message& message) {
  const std::uint64_t before = file_->lines();
  try {
    const Message shown = privacy_.filter(message);
    file_->write(shown, privacy_.countries());
    unwritten_ += file_->lines() - before;
  } catch (const std::exception& why) {
    unwritten_ += file_->lines() - before;
    lose(why);
  }
}

void EventWriter::flush() {
  if (unwritten_ == 0) return;
  try {
    file_->flush();
    unwritten_ = 0;
    failing_ = false;
  } catch (const std::exception& why) {
    lose(why);
  }
}

void EventWriter::keep_file() {
  if (!file_) return;
  try {
    if (reopen_.exchange(false)) file_->reopen();
    file_->keep(now_ns());
  } catch (const std::exception& why) {
    if (!file_->is_open()) return lose(why);
    log_error("the file of events cannot be put aside: {}", why.what());
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
