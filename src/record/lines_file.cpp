#include "record/lines_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "charge/rename_to_new.hpp"
#include "record/event_time.hpp"
#include "record/rotated_name.hpp"

namespace tollgate::record {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_octets = 1U << 20U;
constexpr mode_t readable = 0644;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t minute_ns = 60 * second_ns;
constexpr std::uint64_t between_removals_ns = 60 * minute_ns;

/// What stands in a file, through links; nothing where it is none, or is empty.
bool has_content(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) && found.st_size != 0;
}

/// The begin of the first line of a file, compressed or not.
std::string first_line(const std::string& path) {
  gzFile_s* const file = ::gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::array<char, 512> line{};
  const char* read = ::gzgets(file, line.data(), static_cast<int>(line.size()));
  std::string text = read != nullptr ? read : "";
  ::gzclose(file);
  return text;
}

/// The time of its first line; of its last change, where that does not tell.
std::optional<std::uint64_t> begin_of(const std::string& path) {
  const auto time = time_of_line(first_line(path));
  struct stat found {};
  if (time || ::stat(path.c_str(), &found) != 0) return time;
  return static_cast<std::uint64_t>(found.st_mtim.tv_sec) * second_ns;
}

/// How far the whole lines of a file go; nothing with errno where it cannot be read.
std::optional<off_t> end_of_lines(int file, off_t size) {
  std::array<char, 65'536> room{};
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(end - static_cast<off_t>(room.size()), 0);
    const ssize_t count = ::pread(file, room.data(), static_cast<std::size_t>(end - begin), begin);
    if (count <= 0) return std::nullopt;
    const std::size_t newline = std::string_view(room.data(), static_cast<std::size_t>(count)).rfind('\n');
    if (newline != std::string_view::npos) return begin + static_cast<off_t>(newline) + 1;
    end = begin;
  }
  return 0;
}

/// What stands in a file that has no newline may be half an event, or nothing that reached the disk.
bool may_be_half_a_line(int file) {
  char first = 0;
  return ::pread(file, &first, 1, 0) == 1 && (first == '{' || first == '\0');
}

std::string text_of(int reason) { return std::error_code(reason, std::generic_category()).message(); }

struct Aside {
  RotatedName name;
  fs::path path;
};

/// By their names, the oldest first.
std::vector<Aside> put_aside_before(const std::string& path) {
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : ".";
  std::vector<Aside> files;
  std::error_code error;
  for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    if (const auto name = read_rotated_name(path, at->path().filename().string()))
      files.push_back({*name, at->path()});
  }
  std::sort(files.begin(), files.end(), [](const Aside& a, const Aside& b) {
    return std::tie(a.name.time_ns, a.name.serial) < std::tie(b.name.time_ns, b.name.serial);
  });
  return files;
}

}  // namespace

LinesFile::~LinesFile() { close(); }

bool LinesFile::fail(const std::string& what, int reason) {
  return fail(what + settings_.path + ": " + text_of(reason));
}

/// What waits is lost.
bool LinesFile::fail(std::string why) {
  error_ = std::move(why);
  buffer_.clear();
  lost_ += std::exchange(waiting_, 0);
  close();
  return false;
}

void LinesFile::wrote() {
  written_ += std::exchange(waiting_, 0);
  error_.clear();
}

void LinesFile::close() {
  if (!is_open() || (!buffer_.empty() && !write_out())) return;
  gzFile_s* const gz = std::exchange(gz_, nullptr);
  const int file = std::exchange(file_, -1);
  begun_ns_.reset();
  const bool whole = gz != nullptr ? ::gzclose(gz) == Z_OK : ::close(file) == 0;
  if (waiting_ == 0) return;
  if (whole) wrote();
  else fail("cannot write to ", errno != 0 ? errno : EIO);
}

bool LinesFile::open() {
  if (is_open()) return true;
  if (has_content(settings_.path)) {
    begun_ns_ = begin_of(settings_.path);
    if (settings_.compressed && !put_aside()) return fail("cannot put aside ", errno);
    if (!settings_.compressed && !end_whole()) return false;
  }
  return open_file();
}

bool LinesFile::open_file() {
  file_ = ::open(settings_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, readable);
  if (file_ < 0) return fail("cannot open ", errno);
  if (settings_.compressed) gz_ = ::gzdopen(file_, "ab");
  return !settings_.compressed || gz_ != nullptr || fail("cannot open ", ENOMEM);
}

bool LinesFile::end_whole() {
  const int file = ::open(settings_.path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return fail("cannot open ", errno);
  const off_t size = ::lseek(file, 0, SEEK_END);
  const std::optional<off_t> end = end_of_lines(file, size);
  const bool is_other = end && *end == 0 && !may_be_half_a_line(file);
  const bool whole = end && !is_other && (*end == size || ::ftruncate(file, *end) == 0);
  const int reason = errno;
  ::close(file);
  if (is_other) return fail(settings_.path + " is no file of events");
  if (!whole) return fail("cannot mend the end of ", reason);
  if (*end != size && !std::exchange(spoiled_, false)) ++lost_;
  return true;
}

bool LinesFile::add(std::string_view line) {
  if (!is_open()) {
    ++lost_;
    return false;
  }
  if (!begun_ns_) begun_ns_ = time_of_line(line);
  ++waiting_;
  buffer_.append(line) += '\n';
  return buffer_.size() < buffer_octets || write_out();
}

bool LinesFile::write_out() {
  const off_t before = ::lseek(file_, 0, SEEK_END);
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = gz_ != nullptr ? ::gzwrite(gz_, rest.data(), static_cast<unsigned>(rest.size()))
                                         : ::write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = errno;
      // Half a line would spoil the next one; where that fails too, the next opening cuts it off.
      spoiled_ = gz_ == nullptr && before >= 0 && ::ftruncate(file_, before) != 0;
      return fail("cannot write to ", error);
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();  // its room is taken once
  if (gz_ == nullptr) wrote();
  return true;
}

bool LinesFile::flush() {
  if (!is_open()) return false;
  if (waiting_ == 0) return true;
  if (!buffer_.empty() && !write_out()) return false;
  errno = 0;
  if (gz_ != nullptr && ::gzflush(gz_, Z_SYNC_FLUSH) != Z_OK)
    return fail("cannot write to ", errno != 0 ? errno : EIO);
  if (waiting_ != 0) wrote();
  return true;
}

bool LinesFile::reopen() {
  const bool whole = !is_open() || flush();
  close();
  return open() && whole;
}

bool LinesFile::keep(std::uint64_t time_ns) {
  if (!open()) return false;
  if (time_ns < removed_ns_ || time_ns - removed_ns_ >= between_removals_ns) remove_old(time_ns);
  return !is_due(time_ns) || rotate(time_ns);
}

/// A link is somebody else's place for it; and what has been moved away is no longer at its path.
bool LinesFile::is_due(std::uint64_t time_ns) const {
  const RotationSettings& rotation = settings_.rotation;
  if (!rotation.any() || !begun_ns_ || time_ns / minute_ns == aside_tried_) return false;
  struct stat there {};
  struct stat ours {};
  if (::lstat(settings_.path.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) return false;
  if (::fstat(file_, &ours) != 0 || there.st_ino != ours.st_ino || there.st_dev != ours.st_dev) return false;
  if (rotation.most_octets != 0 && static_cast<std::uint64_t>(ours.st_size) >= rotation.most_octets)
    return true;
  return rotation.every_ns != 0 && time_ns / rotation.every_ns > *begun_ns_ / rotation.every_ns;
}

bool LinesFile::rotate(std::uint64_t time_ns) {
  if (!flush()) return false;
  if (!put_aside()) {
    aside_error_ = "cannot put aside " + settings_.path + ": " + text_of(errno);
    aside_tried_ = time_ns / minute_ns;
    return false;
  }
  aside_error_.clear();
  aside_tried_ = 0;
  close();
  remove_old(time_ns);
  return open();
}

/// False with errno where that fails.
bool LinesFile::put_aside() {
  if (!begun_ns_) return true;
  try {
    for (std::uint64_t serial = 1;; ++serial) {
      if (charge::rename_to_new(settings_.path, rotated_path(settings_.path, *begun_ns_, serial))) break;
    }
  } catch (const std::system_error& error) {
    errno = error.code().value();
    return false;
  }
  begun_ns_.reset();
  return true;
}

/// A file has no events that are younger than it was allowed to grow old.
void LinesFile::remove_old(std::uint64_t time_ns) {
  removed_ns_ = time_ns;
  if (settings_.most_files == 0 && settings_.most_ns == 0) return;
  const std::vector<Aside> files = put_aside_before(settings_.path);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool too_many = settings_.most_files != 0 && files.size() - i > settings_.most_files;
    const std::uint64_t last_ns = files[i].name.time_ns + settings_.rotation.every_ns;
    const bool too_old = settings_.most_ns != 0 && last_ns + settings_.most_ns <= time_ns;
    std::error_code error;
    if (too_many || too_old) fs::remove(files[i].path, error);
  }
}

}  // namespace tollgate::record
