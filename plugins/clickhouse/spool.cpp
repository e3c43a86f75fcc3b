#include "spool.hpp"

#include <algorithm>
#include <cerrno>
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

/// How many octets of whole rows are no more than `most`; a row that is larger goes by itself.
std::size_t piece_of(std::string_view rows, std::uint64_t most) {
  if (rows.size() <= most) return rows.size();
  std::size_t end = most == 0 ? rows.npos : rows.rfind('\n', most - 1);
  if (end == rows.npos) end = rows.find('\n');
  return end == rows.npos ? rows.size() : end + 1;
}

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
  for (const BatchFile& file : batch_files(settings_.folder))
    entries_.push_back({.file = file, .on_disk = true, .body = {}});
  // No serial comes again as long as one of its files is there: it would be written over.
  if (!entries_.empty()) next_ = entries_.back().file.serial + 1;
  next_ = std::max(next_, refused_.last_serial() + 1);
}

fs::path Spool::path(const Entry& entry) const { return settings_.folder / entry.file.name(); }

void Spool::put(std::string body, std::uint64_t events, Table table) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t most = std::min(settings_.most_octets, settings_.most_octets_in_memory);
  if (piece_of(body, most) == body.size()) return put_whole(std::move(body), events, table);
  for (std::string_view rest = body; !rest.empty();) {
    const std::string_view piece = rest.substr(0, piece_of(rest, most));
    rest.remove_prefix(piece.size());
    put_whole(std::string(piece), static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n')),
              table);
  }
}

void Spool::put_whole(std::string body, std::uint64_t events, Table table) {
  Entry entry{.file = {.serial = next_++, .events = events, .octets = body.size(), .table = table},
              .body = {}};
  entry.on_disk = make_room(true, body.size()) && write(entry, body);
  if (!entry.on_disk) {
    if (!make_room(false, body.size())) {
      lost_ += events;
      return;
    }
    entry.body = std::move(body);
  }
  entries_.push_back(std::move(entry));
}

bool Spool::write(const Entry& entry, std::string_view body) {
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

/// Drops the oldest of these, but for one that is being sent. Whether there is room then.
bool Spool::make_room(bool on_disk, std::uint64_t octets) {
  const std::uint64_t most = on_disk ? settings_.most_octets : settings_.most_octets_in_memory;
  if (octets > most) return false;
  std::uint64_t sum = this->octets(on_disk);
  for (auto entry = entries_.begin(); entry != entries_.end() && sum + octets > most;) {
    if (entry->on_disk != on_disk || entry->file.serial == sending_) {
      ++entry;
      continue;
    }
    sum -= entry->file.octets;
    entry = lose(entry);
  }
  return sum + octets <= most;
}

/// Gives the one behind it.
Spool::Entries::iterator Spool::lose(Entries::iterator entry) {
  lost_ += entry->file.events;
  return drop(entry);
}

Spool::Entries::iterator Spool::drop(Entries::iterator entry) {
  if (entry->on_disk) ::unlink(path(*entry).c_str());
  return entries_.erase(entry);
}

Spool::Entries::iterator Spool::find(std::uint64_t serial) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return entry.file.serial == serial; });
}

std::optional<Spool::Batch> Spool::oldest() {
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    std::optional<std::string> body = body_of(*entry);
    if (body && !body->empty()) return give(*entry, *std::move(body));
    if (body) entry = lose(entry);
    else ++entry;
  }
  sending_ = 0;
  return std::nullopt;
}

/// Empty where somebody has removed it; nothing where it cannot be read now.
std::optional<std::string> Spool::body_of(Entry& entry) {
  if (!entry.on_disk) return entry.body;
  const auto now = std::chrono::steady_clock::now();
  if (entry.unreadable && now < entry.not_before) return std::nullopt;
  std::optional<std::string> body = read_batch(path(entry));
  if (body) return body;
  if (errno == ENOENT) return std::string();
  read_error_ = reason();
  entry.unreadable = true;
  entry.not_before = now + settings_.between_reads;
  return std::nullopt;
}

Spool::Batch Spool::give(Entry& entry, std::string body) {
  entry.unreadable = false;
  sending_ = entry.file.serial;
  return {entry.file.serial, entry.file.events, std::move(body), entry.file.table};
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
  const auto in_memory = [](const Entry& entry) { return !entry.on_disk; };
  const auto next = [&] { return std::find_if(entries_.begin(), entries_.end(), in_memory); };
  for (auto entry = next(); entry != entries_.end(); entry = next()) {
    const std::uint64_t serial = entry->file.serial;
    const bool has_room = make_room(true, entry->file.octets);
    entry = find(serial);
    if (has_room && write(*entry, entry->body)) entry->on_disk = true;
    else lose(entry);
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
  std::uint64_t unreadable = 0;
  for (const Entry& entry : entries_) {
    state.waiting += entry.file.events;
    if (entry.unreadable) unreadable += entry.file.events;
  }
  if (unreadable != 0 && error_.empty())
    state.error = std::to_string(unreadable) + " events in the spool cannot be read: " + read_error_;
  return state;
}

}  // namespace clickhouse
