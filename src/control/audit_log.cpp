#include "control/audit_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "control/file_lock.hpp"
#include "control/file_owner.hpp"

namespace tollgate::control {
namespace {

constexpr std::chrono::milliseconds patience{3000};

std::uint64_t size_of(int fd) {
  struct stat found {};
  return ::fstat(fd, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
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

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// The name of a new file is on the disk once its folder is.
void sync_folder_of(const std::string& path) {
  const std::string folder = folder_of(path);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() || ::fsync(opened.get()) != 0)
    throw std::system_error(errno, std::generic_category(), folder);
}

}  // namespace

void AuditLog::fail(const std::string& why) const {
  throw AuditError(fmt::format("the audit log {} {}: nothing is changed", path_, why));
}

void AuditLog::append(const AuditEntry& entry, std::uint64_t time_ns) {
  const std::lock_guard lock(mutex_);
  try {
    open();
    const FileLock held(file_.get(), patience);
    if (!held.is_held()) fail("is held by another process");
    check_place();
    if (is_new_) find_end();
    is_new_ = false;
    catch_up(time_ns);
    put(entry, time_ns);
  } catch (const std::system_error& error) {
    fail(fmt::format("cannot be written ({})", error.what()));
  }
}

void AuditLog::open() {
  if (file_.is_open()) return;
  const auto folder = std::filesystem::path(path_).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder);
  const bool is_there = std::filesystem::exists(path_);
  Descriptor opened(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!opened.is_open()) throw std::system_error(errno, std::generic_category());
  if (!is_there) {
    if (!give_to_owner_of(folder_of(path_), opened.get()))
      throw std::system_error(errno, std::generic_category());
    sync_folder_of(path_);
  }
  file_ = std::move(opened);
}

void AuditLog::check_place() const {
  struct stat there {};
  struct stat ours {};
  const bool is_there = ::stat(path_.c_str(), &there) == 0 && ::fstat(file_.get(), &ours) == 0 &&
                        there.st_ino == ours.st_ino && there.st_dev == ours.st_dev;
  if (!is_there) fail("was taken away, or another is in its place");
  if (static_cast<std::uint64_t>(ours.st_size) < octets_) fail("has become shorter");
}

void AuditLog::find_end() {
  const std::uint64_t size = size_of(file_.get());
  const std::uint64_t read = std::min<std::uint64_t>(size, 2 * longest_audit_line);
  const std::string tail = read_at(file_.get(), size - read, read);
  const std::size_t end = tail.rfind('\n');
  if (end == tail.npos) {
    if (read < size) fail("does not end with a line");
    return;
  }
  const std::size_t before = end == 0 ? tail.npos : tail.rfind('\n', end - 1);
  const std::size_t begin = before == tail.npos ? 0 : before + 1;
  try {
    end_ = audit_end_at(std::string_view(tail).substr(begin, end - begin));
  } catch (const AuditError& error) {
    fail(fmt::format("has a wrong last line ({}); `tollgate audit verify` tells more", error.what()));
  }
  octets_ = size - read + end + 1;
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
  }
}

void AuditLog::mend(const std::string& torn, std::uint64_t time_ns) {
  AuditEnd whole = end_;
  try {
    follow_audit(torn, whole);  // all of it but the end of the line
    write("\n");
    end_ = whole;
    octets_ += torn.size() + 1;
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
