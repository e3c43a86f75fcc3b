#include "charge/cdr_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charge/cdr_name.hpp"
#include "charge/rename_to_new.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t tries_again_ns = second_ns;
constexpr mode_t readable_by_group = 0640;

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

void write_all(int file, std::string_view octets, std::uint64_t place, const std::string& path) {
  while (!octets.empty()) {
    const ssize_t written = ::pwrite(file, octets.data(), octets.size(), static_cast<off_t>(place));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path);
    octets.remove_prefix(static_cast<std::size_t>(written));
    place += static_cast<std::uint64_t>(written);
  }
}

/// Where the lines of a file end, and how many there are.
struct Whole {
  std::uint64_t octets = 0;
  std::uint64_t lines = 0;
};
Whole whole_lines(int file, const std::string& path) {
  Whole whole;
  std::array<char, 1U << 16U> room;
  bool quoted = false;
  for (std::uint64_t place = 0;;) {
    const ssize_t size = ::pread(file, room.data(), room.size(), static_cast<off_t>(place));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(path);
    if (size == 0) return whole;
    for (const char c : std::string_view(room.data(), static_cast<std::size_t>(size))) {
      ++place;
      if (c == '"') quoted = !quoted;
      if (c == '\n' && !quoted) whole = {.octets = place, .lines = whole.lines + 1};
    }
  }
}

/// Cuts a file behind `size` octets, which are on the disk then.
void flush(int file, std::uint64_t size, const std::string& path) {
  if (::ftruncate(file, static_cast<off_t>(size)) != 0 || ::fsync(file) != 0) fail(path);
}

}  // namespace

CdrWriter::CdrWriter(const CdrSettings& settings, std::string_view appliance, std::uint64_t time_ns)
    : settings_(settings),
      appliance_(appliance),
      part_(fmt::format("{}/{}.csv.part", settings.folder, cdr_stem(appliance))) {
  attempt(time_ns, false);
}

CdrWriter::~CdrWriter() { close_part(); }

void CdrWriter::add(const Book& book, std::span<const Charge> charges, std::uint64_t time_ns) {
  if (waiting_.octets() < most_waiting) waiting_.add(book, charges);
  else lost_ += charges.size();
  keep(time_ns);
}

void CdrWriter::keep(std::uint64_t time_ns) {
  const bool failed_just_now =
      !trouble_.empty() && time_ns >= failed_ns_ && time_ns - failed_ns_ < tries_again_ns;
  if (!failed_just_now) attempt(time_ns, false);
}

void CdrWriter::end(std::uint64_t time_ns) {
  attempt(time_ns, true);
  if (waiting_.count() == 0) return;
  lost_ += waiting_.count();
  waiting_.drop_first(waiting_.count());
  const std::string why = trouble_;
  attempt(time_ns, true);  // those that were written
  trouble_ = why;
}

void CdrWriter::attempt(std::uint64_t time_ns, bool at_end) {
  try {
    if (left_over_) end_left_over(time_ns);
    write_waiting(time_ns);
    if (file_ >= 0 && (at_end || is_old(time_ns))) end_part(time_ns);
    trouble_.clear();
  } catch (const std::system_error& error) {
    trouble_ = error.what();
    failed_ns_ = time_ns;
  }
}

/// By a clock that may be set back.
bool CdrWriter::is_old(std::uint64_t time_ns) {
  begun_ns_ = std::min(begun_ns_, time_ns);
  return time_ns - begun_ns_ >= settings_.most_ns;
}

void CdrWriter::write_waiting(std::uint64_t time_ns) {
  while (waiting_.count() != 0) {
    if (lines_ == 0) begin_part(time_ns);
    const std::uint64_t room = settings_.most_octets - std::min(size_, settings_.most_octets);
    const CdrLines::First first = waiting_.first_within(room);
    if (first.text.size() > room && lines_ != 0) {
      end_part(time_ns);
      continue;
    }
    write_all(file_, first.text, size_, part_);
    size_ += first.text.size();
    lines_ += first.count;
    waiting_.drop_first(first.count);
  }
}

void CdrWriter::begin_part(std::uint64_t time_ns) {
  if (file_ < 0) file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readable_by_group);
  if (file_ < 0) fail(part_);
  begun_ns_ = time_ns;
  write_all(file_, cdr_header, 0, part_);
  size_ = cdr_header.size();
}

void CdrWriter::end_part(std::uint64_t time_ns) {
  struct stat now {};
  if (::fstat(file_, &now) == 0 && now.st_nlink == 0) {
    lost_ += lines_;
    close_part();
    throw std::system_error(ENOENT, std::generic_category(), part_);
  }
  flush(file_, size_, part_);
  if (lines_ != 0) rename_part(time_ns);
  else if (::unlink(part_.c_str()) != 0) fail(part_);
  close_part();
}

void CdrWriter::close_part() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  size_ = 0;
  lines_ = 0;
}

void CdrWriter::end_left_over(std::uint64_t time_ns) {
  if (::access(settings_.folder.c_str(), W_OK | X_OK) != 0) fail(settings_.folder);
  const int file = ::open(part_.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0 && errno != ENOENT) fail(part_);
  if (file >= 0) {
    try {
      const Whole whole = whole_lines(file, part_);
      flush(file, whole.octets, part_);
      if (whole.lines > 1) rename_part(time_ns);
      else if (::unlink(part_.c_str()) != 0) fail(part_);
    } catch (...) {
      ::close(file);
      throw;
    }
    ::close(file);
  }
  left_over_ = false;
}

void CdrWriter::rename_part(std::uint64_t time_ns) {
  std::string name;
  do name = fmt::format("{}/{}", settings_.folder, cdr_name(appliance_, time_ns, ++serial_));
  while (!rename_to_new(part_, name));
  // So that a power cut does not undo it; where this cannot be, the file is whole nevertheless.
  const int folder = ::open(settings_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

}  // namespace tollgate::charge
