#include "spool.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace clickhouse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".tsv";
constexpr mode_t own = 0600;

/// Writes and brings to the disk; false with errno where that fails.
bool write_whole(const fs::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, own);
  if (file < 0) return false;
  while (!content.empty()) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  const bool whole = content.empty() && ::fsync(file) == 0;
  const int reason = errno;
  const bool closed = ::close(file) == 0;
  if (!whole) errno = reason;
  return whole && closed;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string reason() { return std::error_code(errno, std::generic_category()).message(); }

}  // namespace

Spool::Spool(Settings settings) : settings_(std::move(settings)) {
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

/// `SERIAL-EVENTS.tsv`; what was not finished is removed.
void Spool::find() {
  for (const auto& file : fs::directory_iterator(settings_.folder)) {
    const std::string name = file.path().filename().string();
    std::error_code error;
    if (name.ends_with(".tmp")) fs::remove(file.path(), error);
    if (!name.ends_with(ending)) continue;
    const std::string_view stem = std::string_view(name).substr(0, name.size() - ending.size());
    const std::size_t dash = stem.find('-');
    if (dash == stem.npos) continue;
    const auto serial = number(stem.substr(0, dash));
    const auto events = number(stem.substr(dash + 1));
    const std::uint64_t size = file.file_size(error);
    if (serial && events && !error)
      entries_.push_back({.serial = *serial, .events = *events, .octets = size, .on_disk = true, .body = {}});
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.serial < b.serial; });
  if (!entries_.empty()) next_ = entries_.back().serial + 1;
}

fs::path Spool::path(const Entry& entry) const {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%020llu-%llu", static_cast<unsigned long long>(entry.serial),
                static_cast<unsigned long long>(entry.events));
  return settings_.folder / (std::string(name.data()) + std::string(ending));
}

void Spool::put(std::string body, std::uint64_t events) {
  const std::lock_guard lock(mutex_);
  Entry entry{.serial = next_++, .events = events, .octets = body.size(), .on_disk = false, .body = {}};
  make_room(true, entry.octets, settings_.most_octets);
  entry.on_disk = entry.octets <= settings_.most_octets && write(entry, body);
  if (!entry.on_disk) {
    make_room(false, entry.octets, settings_.most_octets_in_memory);
    entry.body = std::move(body);
  }
  entries_.push_back(std::move(entry));
}

bool Spool::write(const Entry& entry, const std::string& body) {
  const fs::path whole = path(entry);
  fs::path begun = whole;
  begun += ".tmp";
  if (write_whole(begun, body) && ::rename(begun.c_str(), whole.c_str()) == 0) {
    sync_folder();
    error_.clear();
    return true;
  }
  error_ = "the spool cannot be written: " + reason();
  ::unlink(begun.c_str());
  return false;
}

void Spool::sync_folder() const {
  const int folder = ::open(settings_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

std::uint64_t Spool::octets(bool on_disk) const {
  std::uint64_t sum = 0;
  for (const Entry& entry : entries_) sum += entry.on_disk == on_disk ? entry.octets : 0;
  return sum;
}

/// Drops the oldest of these, but for one that is being sent.
void Spool::make_room(bool on_disk, std::uint64_t octets, std::uint64_t most) {
  std::uint64_t sum = this->octets(on_disk);
  for (auto entry = entries_.begin(); entry != entries_.end() && sum + octets > most;) {
    if (entry->on_disk != on_disk || entry->serial == sending_) {
      ++entry;
      continue;
    }
    sum -= entry->octets;
    lost_ += entry->events;
    const auto next = entry - entries_.begin();
    drop(entry);
    entry = entries_.begin() + next;
  }
}

void Spool::drop(std::deque<Entry>::iterator entry) {
  if (entry->on_disk) ::unlink(path(*entry).c_str());
  entries_.erase(entry);
}

std::optional<Spool::Batch> Spool::oldest() {
  const std::lock_guard lock(mutex_);
  while (!entries_.empty()) {
    const Entry& entry = entries_.front();
    sending_ = entry.serial;
    if (!entry.on_disk) return Batch{entry.serial, entry.events, entry.body};
    std::ifstream file(path(entry), std::ios::binary);
    std::string body{std::istreambuf_iterator<char>(file), {}};
    if (file && body.size() == entry.octets) return Batch{entry.serial, entry.events, std::move(body)};
    lost_ += entry.events;  // somebody has removed it, or the disk is broken
    drop(entries_.begin());
  }
  sending_ = 0;
  return std::nullopt;
}

void Spool::done(std::uint64_t serial) {
  const std::lock_guard lock(mutex_);
  sending_ = 0;
  const auto entry =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.serial == serial; });
  if (entry != entries_.end()) drop(entry);
}

void Spool::keep() {
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (!entry->on_disk) {
      if (write(*entry, entry->body)) {
        entry->on_disk = true;
      } else {
        lost_ += entry->events;
        entry = entries_.erase(entry);
        continue;
      }
    }
    ++entry;
  }
}

Spool::State Spool::state() const {
  const std::lock_guard lock(mutex_);
  State state{.waiting = 0, .lost = lost_, .spooled = octets(true), .error = error_};
  for (const Entry& entry : entries_) state.waiting += entry.events;
  return state;
}

}  // namespace clickhouse
