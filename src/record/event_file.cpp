#include "record/event_file.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charge/rename_to_new.hpp"
#include "record/event_time.hpp"
#include "record/rotated_name.hpp"

namespace tollgate::record {
namespace {

constexpr JsonLinesOptions append{.append = true};
constexpr std::uint64_t tries_again_ns = 60'000'000'000;

/// The time of the first event in a file; of its last change, where its first line does not tell.
std::optional<std::uint64_t> begin_of(const std::string& path) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::array<char, 256> begin{};
  struct stat found {};
  const ssize_t size =
      ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) ? ::pread(file, begin.data(), begin.size(), 0) : 0;
  ::close(file);
  if (size <= 0) return std::nullopt;
  const auto time = time_of_line({begin.data(), static_cast<std::size_t>(size)});
  return time ? *time : static_cast<std::uint64_t>(found.st_mtim.tv_sec) * second_ns;
}

}  // namespace

EventFile::EventFile(std::string path, const RotationSettings& rotation)
    : path_(std::move(path)), rotation_(rotation) {
  open();
}

void EventFile::open() {
  open_.emplace(path_, append);
  begun_ns_.reset();
}

void EventFile::close() {
  if (!open_) return;
  try {
    open_->close();
  } catch (...) {
    open_.reset();
    throw;
  }
  open_.reset();
}

void EventFile::write(const Message& message, const Countries& countries) {
  if (message.kind == Kind::signalling) return;
  ++lines_;
  if (!open_) throw std::system_error(EBADF, std::generic_category(), "cannot write events to " + path_);
  open_->write(message, countries);
}

void EventFile::write_line(std::string_view line) {
  ++lines_;
  if (!open_) throw std::system_error(EBADF, std::generic_category(), "cannot write events to " + path_);
  open_->write_line(line);
}

void EventFile::flush() {
  if (open_) open_->flush();
}

void EventFile::reopen() {
  close();
  open();
}

void EventFile::keep(std::uint64_t time_ns) {
  if (!open_) open();
  if (!rotation_.any() || time_ns / tries_again_ns == failed_at_ || !is_due(time_ns)) return;
  failed_at_ = time_ns / tries_again_ns;
  put_aside();
  failed_at_ = 0;
}

bool EventFile::is_due(std::uint64_t time_ns) {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == 0) return false;
  if (rotation_.most_octets != 0 && static_cast<std::uint64_t>(found.st_size) >= rotation_.most_octets)
    return true;
  if (!begun_ns_) begun_ns_ = begin_of(path_);
  return rotation_.every_ns != 0 && begun_ns_ &&
         time_ns / rotation_.every_ns > *begun_ns_ / rotation_.every_ns;
}

void EventFile::put_aside() {
  flush();
  const auto begun_ns = begin_of(path_);
  if (!begun_ns) return;
  for (std::uint64_t serial = 1;; ++serial) {
    if (charge::rename_to_new(path_, rotated_path(path_, *begun_ns, serial))) break;
  }
  reopen();
}

}  // namespace tollgate::record
