#include "control/audit_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "charge/rename_to_new.hpp"
#include "control/audit_files.hpp"
#include "control/file_lock.hpp"
#include "control/file_owner.hpp"
#include "control/folders.hpp"
#include "control/utc.hpp"
#include "record/event_time.hpp"

namespace tollgate::control {
namespace {

constexpr std::chrono::milliseconds patience{3000};
constexpr unsigned most_tries = 100;

std::uint64_t size_of(int fd) {
  struct stat found {};
  return ::fstat(fd, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

bool is_there(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0;
}

bool is_at(const std::string& path, int fd) {
  struct stat there {};
  struct stat ours {};
  return ::lstat(path.c_str(), &there) == 0 && ::fstat(fd, &ours) == 0 && there.st_ino == ours.st_ino &&
         there.st_dev == ours.st_dev;
}

/// Counted from the year 1900.
int month_of(std::uint64_t time_ns) {
  const std::tm time = fmt::gmtime(static_cast<std::time_t>(time_ns / second_ns));
  return time.tm_year * 12 + time.tm_mon;
}

/// So many octets from there; fewer where the file ends.
std::string read_at(int fd, std::uint64_t offset, std::size_t count) {
  std::string octets(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got =
        ::pread(fd, octets.data() + filled, count - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category());
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  octets.resize(filled);
  return octets;
}

}  // namespace

void AuditLog::fail(const std::string& why) const {
  throw AuditError(fmt::format("the audit log {} {}: nothing is changed", path_, why));
}

void AuditLog::append(const AuditEntry& entry, std::uint64_t time_ns) {
  const std::lock_guard lock(mutex_);
  try {
    for (unsigned tries = 0; !try_append(entry, time_ns); ++tries) {
      close();
      if (tries == most_tries) fail("is exchanged all the time");
    }
  } catch (const std::system_error& error) {
    fail(fmt::format("cannot be written ({})", error.what()));
  }
}

bool AuditLog::try_append(const AuditEntry& entry, std::uint64_t time_ns) {
  if (!file_.is_open() && !is_new_) follow_put_aside(time_ns);
  open();
  {
    const FileLock held(file_.get(), patience);
    if (!held.is_held()) fail("is held by another process");
    if (first_ == 0 && !is_at(path_, file_.get())) return false;  // put aside since it was opened
    if (!is_put_aside()) return append_here(entry, time_ns);
  }
  catch_up(time_ns);  // of what is put aside, for the last time
  return false;
}

bool AuditLog::append_here(const AuditEntry& entry, std::uint64_t time_ns) {
  check_place();
  if (is_new_) find_end();
  else if (octets_ == 0 && is_there(next_put_aside())) return false;
  is_new_ = false;
  catch_up(time_ns);
  if (is_due(time_ns) && put_aside()) return false;
  put(entry, time_ns);
  return true;
}

void AuditLog::close() {
  file_ = Descriptor();
  octets_ = first_ = begun_ns_ = 0;
}

void AuditLog::open() {
  if (file_.is_open()) return;
  make_folders(folder_of(path_));
  const bool is_there = std::filesystem::exists(path_);
  Descriptor opened(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!opened.is_open()) throw std::system_error(errno, std::generic_category());
  if (!is_there) {
    if (!give_to_owner_of(folder_of(path_), opened.get()))
      throw std::system_error(errno, std::generic_category());
    sync_folder(folder_of(path_));
  }
  file_ = std::move(opened);
}

void AuditLog::check_place() const {
  if (!is_at(path_, file_.get())) fail("was taken away, or another is in its place");
  if (size_of(file_.get()) < octets_) fail("has become shorter");
}

AuditLog::Last AuditLog::last_line_in(int fd) const {
  const std::uint64_t size = size_of(fd);
  const std::uint64_t read = std::min<std::uint64_t>(size, 2 * longest_audit_line);
  const std::string tail = read_at(fd, size - read, read);
  const std::size_t end = tail.rfind('\n');
  if (end == tail.npos) {
    if (read < size) fail("does not end with a line");
    return {};
  }
  const std::size_t before = end == 0 ? tail.npos : tail.rfind('\n', end - 1);
  const std::size_t begin = before == tail.npos ? 0 : before + 1;
  try {
    return {audit_end_at(std::string_view(tail).substr(begin, end - begin)), size - read + end + 1};
  } catch (const AuditError& error) {
    fail(fmt::format("has a wrong last line ({}); `tollgate audit verify` tells more", error.what()));
  }
}

void AuditLog::find_end() {
  const Last last = last_line_in(file_.get());
  octets_ = last.octets;
  end_ = octets_ != 0 ? last.end : end_of_put_aside();
  find_begin();
}

/// A file without lines goes on behind the one that was put aside last.
AuditEnd AuditLog::end_of_put_aside() const {
  const std::vector<AuditFile> files = audit_files(path_);
  if (files.empty()) return {};
  const std::string& path = files.back().path;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) throw std::system_error(errno, std::generic_category(), path);
  return last_line_in(file.get()).end;
}

void AuditLog::find_begin() {
  if (octets_ == 0) return;
  const std::string begin = read_at(file_.get(), 0, longest_audit_line);
  const std::string_view line = std::string_view(begin).substr(0, begin.find('\n'));
  first_ = audit_number_of(line);
  begun_ns_ = record::time_of_line(line).value_or(0);
}

bool AuditLog::is_put_aside() const {
  return first_ != 0 && is_at(audit_file_path(path_, first_), file_.get());
}

std::string AuditLog::next_put_aside() const { return audit_file_path(path_, end_.number + 1); }

void AuditLog::follow_put_aside(std::uint64_t time_ns) {
  try {
    for (;;) {
      close();
      Descriptor opened(::open(next_put_aside().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
      if (!opened.is_open()) return;
      file_ = std::move(opened);
      const std::uint64_t before = end_.number;
      catch_up(time_ns);
      if (end_.number == before) fail(fmt::format("has a file without lines behind line {}", before));
    }
  } catch (...) {
    close();
    throw;
  }
}

bool AuditLog::is_due(std::uint64_t time_ns) const {
  return first_ != 0 &&
         (octets_ >= most_octets_ || (begun_ns_ != 0 && month_of(time_ns) > month_of(begun_ns_)));
}

/// The lock is held: nobody adds a line behind the last.
bool AuditLog::put_aside() {
  try {
    if (!charge::rename_to_new(path_, audit_file_path(path_, first_))) return false;
    sync_folder(folder_of(path_));
    return true;
  } catch (const std::system_error&) {
    return false;  // the line that is to be added counts for more
  }
}

void AuditLog::catch_up(std::uint64_t time_ns) {
  const std::uint64_t size = size_of(file_.get());
  while (octets_ < size) {
    const std::string read = read_at(file_.get(), octets_, longest_audit_line + 1);
    const std::size_t end = read.find('\n');
    if (end == read.npos && read.size() > longest_audit_line) fail("has a line that is too long");
    if (end == read.npos) return mend(read, time_ns);
    try {
      follow_audit(std::string_view(read).substr(0, end), end_);
    } catch (const AuditError& error) {
      fail(fmt::format("has a wrong line behind line {} ({})", end_.number, error.what()));
    }
    octets_ += end + 1;
    if (first_ == 0) find_begin();
  }
}

void AuditLog::mend(const std::string& torn, std::uint64_t time_ns) {
  AuditEnd whole = end_;
  try {
    follow_audit(torn, whole);  // all of it but the end of the line
    write("\n");
    end_ = whole;
    octets_ += torn.size() + 1;
    if (first_ == 0) find_begin();
  } catch (const AuditError&) {
    constexpr std::size_t most_kept = 4096;
    if (::ftruncate(file_.get(), static_cast<off_t>(octets_)) != 0)
      throw std::system_error(errno, std::generic_category());
    put({.who = "tollgate",
         .role = "none",
         .from = "local",
         .what = "audit.mended",
         .before = {{"torn_octets", torn.size()}, {"torn", torn.substr(0, most_kept)}},
         .after = nullptr},
        time_ns);
  }
}

void AuditLog::put(const AuditEntry& entry, std::uint64_t time_ns) {
  AuditEnd next = end_;
  const std::string line = audit_line(entry, time_ns, next) + "\n";
  write(line);
  end_ = std::move(next);
  octets_ += line.size();
  if (first_ == 0) find_begin();
}

/// All of it, and to the disk; or nothing.
void AuditLog::write(const std::string& text) {
  const std::uint64_t before = size_of(file_.get());
  std::string_view rest = text;
  int reason = 0;
  while (!rest.empty() && reason == 0) {
    const ssize_t count = ::write(file_.get(), rest.data(), rest.size());
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    else if (count == 0) reason = ENOSPC;
    else if (errno != EINTR) reason = errno;
  }
  if (reason == 0 && ::fsync(file_.get()) != 0) reason = errno;
  if (reason == 0) return;
  // Where this fails as well, what is there is mended before the next line.
  [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<off_t>(before));
  throw std::system_error(reason, std::generic_category());
}

}  // namespace tollgate::control
