#include "cli/event_writer.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "message/counters.hpp"

namespace tollgate::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_flushes = 50ms;
constexpr auto between_looks = 1ms;
/// The next process waits for it: what sinks keep on the disk, they send later.
constexpr auto last_of_sinks = 2s;

record::SinkLog log_of_sinks() {
  return {.say = [](const std::string& what) { log("{}", what); },
          .error = [](const std::string& what) { log_error("{}", what); }};
}

}  // namespace

EventWriter::EventWriter(const EventSettings& settings, unsigned workers, record::KeptMessages& kept,
                         record::Rollups* rollups, std::vector<record::OpenSink> sinks)
    : kept_(kept),
      rollups_(rollups),
      privacy_(settings.privacy),
      tail_(settings.privacy),
      sinks_(std::move(sinks), log_of_sinks()) {
  if (!settings.file.empty()) {
    file_.emplace(record::LinesFileSettings{.path = settings.file, .rotation = settings.rotation});
    if (!file_->open()) throw std::runtime_error(file_->error());
  }
  for (unsigned i = 0; i < workers; ++i) rings_.push_back(std::make_unique<record::EventRing>());
  thread_ = std::thread([this] { work(); });
}

EventWriter::~EventWriter() { close(); }

void EventWriter::close() {
  if (!thread_.joinable()) return;
  stop_ = true;
  thread_.join();
  has_left_a_sink_ = !sinks_.close(last_of_sinks);
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
  const std::uint64_t time_ns = steady_ns();
  for (const auto& ring : rings_)
    count += ring->drain([this, time_ns](const Message& message) {
      summary_.add(message);
      if (message.kind == Kind::message) ++messages_;
      tally(message);
      kept_.add(message);
      tail_.add(message, time_ns);
      if (rollups_ != nullptr) rollups_->add(message);
      if (file_ || !sinks_.empty()) record(message);
    });
  sinks_.flush();
  taken_ += count;
  ++rounds_;
  return count;
}

/// Its line is made once, of what may be told.
void EventWriter::record(const Message& message) {
  if (message.kind == Kind::signalling) return;
  line_.clear();
  record::append_event(line_, privacy_.filter(message), privacy_.countries());
  if (file_) file_->add(line_);
  sinks_.add(message, line_);
}

void EventWriter::flush() {
  if (!file_) return;
  file_->flush();
  look_at_file();
}

void EventWriter::keep_file() {
  if (!file_) return;
  if (reopen_.exchange(false)) file_->reopen();
  file_->keep(now_ns());
  look_at_file();
}

/// Says once what is wrong.
void EventWriter::look_at_file() {
  lost_ = file_->lost();
  if (file_->error() == told_) return;
  told_ = file_->error();
  if (told_.empty()) log("the file of events works again");
  else if (file_->is_failing()) log_error("{}; events are lost until they can be written", told_);
  else log_error("the file of events cannot be put aside: {}", told_);
}

}  // namespace tollgate::cli
