#include "spool.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace clickhouse {
namespace {

namespace fs = std::filesystem;

constexpr mode_t own = 0600;

std::string reason() { return std::error_code(errno, std::generic_category()).message(); }

}  // namespace

Spool::Spool(Settings settings)
    : settings_(std::move(settings)),
      refused_({.folder = settings_.folder / "refused", .most_octets = settings_.most_octets_refused}) {
  std::error_code error;
  fs::create_directories(settings_.folder, error);
  lock();
  try {
    find();
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

Spool::~Spool() { ::close(lock_); }

void Spool::lock() {
  const fs::path file = settings_.folder / "lock";
  lock_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, own);
  if (lock_ < 0) throw std::runtime_error("cannot make " + file.string() + ": " + reason());
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(lock_);
  throw std::runtime_error("the folder " + settings_.folder.string() + " is another process's");
}

/// What was not finished is removed.
void Spool::find() {
  for (const auto& file : fs::directory_iterator(settings_.folder)) {
    std::error_code error;
    if (file.path().extension() == ".tmp") fs::remove(file.path(), error);
  }
  for (const BatchFile& file : batch_files(settings_.folder)) entries_.push_back({file, true, {}});
  // No serial comes again as long as one of its files is there: it would be written over.
  if (!entries_.empty()) next_ = entries_.back().file.serial + 1;
  next_ = std::max(next_, refused_.last_serial() + 1);
}

fs::path Spool::path(const Entry& entry) const { return settings_.folder / entry.file.name(); }

void Spool::put(std::string body, std::uint64_t events) {
  const std::lock_guard lock(mutex_);
  Entry entry{{.serial = next_++, .events = events, .octets = body.size()}, false, {}};
  make_room(true, entry.file.octets, settings_.most_octets);
  entry.on_disk = entry.file.octets <= settings_.most_octets && write(entry, body);
  if (!entry.on_disk) {
    make_room(false, entry.file.octets, settings_.most_octets_in_memory);
    entry.body = std::move(body);
  }
  entries_.push_back(std::move(entry));
}

bool Spool::write(const Entry& entry, const std::string& body) {
  if (write_batch(path(entry), body)) {
    error_.clear();
    return true;
  }
  error_ = "the spool cannot be written: " + reason();
  return false;
}

std::uint64_t Spool::octets(bool on_disk) const {
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_) sum += entry.on_disk == on_disk ? entry.file.octets : 0;
  return sum;
}

/// Drops the oldest of these, but for one that is being sent.
void Spool::make_room(bool on_disk, std::uint64_t octets, std::uint64_t most) {
  std::uint64_t sum = this->octets(on_disk);
  for (auto entry = entries_.begin(); entry != entries_.end() && sum + octets > most;) {
    if (entry->on_disk != on_disk || entry->file.serial == sending_) {
      ++entry;
      continue;
    }
    sum -= entry->file.octets;
    lost_ += entry->file.events;
    const auto next = entry - entries_.begin();
    drop(entry);
    entry = entries_.begin() + next;
  }
}

void Spool::drop(std::deque<Entry>::iterator entry) {
  if (entry->on_disk) ::unlink(path(*entry).c_str());
  entries_.erase(entry);
}

std::deque<Spool::Entry>::iterator Spool::find(std::uint64_t serial) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return entry.file.serial == serial; });
}

std::optional<Spool::Batch> Spool::oldest() {
  const std::lock_guard lock(mutex_);
  while (!entries_.empty()) {
    const Entry& entry = entries_.front();
    sending_ = entry.file.serial;
    if (!entry.on_disk) return Batch{entry.file.serial, entry.file.events, entry.body};
    std::ifstream file(path(entry), std::ios::binary);
    std::string body{std::istreambuf_iterator<char>(file), {}};
    if (file && body.size() == entry.file.octets)
      return Batch{entry.file.serial, entry.file.events, std::move(body)};
    lost_ += entry.file.events;  // somebody has removed it, or the disk is broken
    drop(entries_.begin());
  }
  sending_ = 0;
  return std::nullopt;
}

void Spool::done(std::uint64_t serial) {
  const std::lock_guard lock(mutex_);
  sending_ = 0;
  const auto entry = find(serial);
  if (entry != entries_.end()) drop(entry);
}

void Spool::refuse(std::uint64_t serial) {
  const std::lock_guard lock(mutex_);
  sending_ = 0;
  const auto entry = find(serial);
  if (entry == entries_.end()) return;
  lost_ +=
      entry->on_disk ? refused_.move(entry->file, path(*entry)) : refused_.write(entry->file, entry->body);
  drop(entry);
}

void Spool::keep() {
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (!entry->on_disk) {
      if (write(*entry, entry->body)) {
        entry->on_disk = true;
      } else {
        lost_ += entry->file.events;
        entry = entries_.erase(entry);
        continue;
      }
    }
    ++entry;
  }
}

Spool::State Spool::state() const {
  const std::lock_guard lock(mutex_);
  State state{.waiting = 0,
              .lost = lost_,
              .spooled = octets(true),
              .refused = refused_.events(),
              .refused_octets = refused_.octets(),
              .error = error_};
  for (const Entry& entry : entries_) state.waiting += entry.file.events;
  return state;
}

}  // namespace clickhouse
