#include "lines_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace jsonl {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_octets = 256U << 10U;
constexpr mode_t readable = 0644;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t between_removals_ns = 3'600 * second_ns;

/// Of the time of a line; 0 where it is none.
std::uint64_t ns_of(const std::string& time, const char* form = "%Y-%m-%dT%H:%M:%S") {
  std::tm date{};
  if (::strptime(time.c_str(), form, &date) == nullptr) return 0;
  return static_cast<std::uint64_t>(::timegm(&date)) * second_ns;
}

/// The first line of a file, compressed or not, as far as its time goes.
std::string first_line(const fs::path& path) {
  gzFile_s* const file = ::gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  std::array<char, 512> line{};
  const char* read = ::gzgets(file, line.data(), static_cast<int>(line.size()));
  std::string text = read != nullptr ? read : "";
  ::gzclose(file);
  return text;
}

std::string last_change(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  std::tm date{};
  ::gmtime_r(&found.st_mtime, &date);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &date);
  return {text.data(), size};
}

/// The time and the serial of `20261123T000000Z-2`; 0 where it is none.
std::pair<std::uint64_t, std::uint64_t> read_aside(const std::string& middle) {
  constexpr std::size_t size = 16;  // of the time
  if (middle.size() < size || middle[8] != 'T' || middle[size - 1] != 'Z') return {};
  if (middle.find_first_not_of("0123456789TZ-") != middle.npos) return {};
  std::uint64_t serial = 1;
  if (middle.size() > size) std::from_chars(middle.data() + size + 1, middle.data() + middle.size(), serial);
  return {ns_of(middle.substr(0, size), "%Y%m%dT%H%M%SZ"), serial};
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

}  // namespace

std::string time_of(std::string_view line) {
  constexpr std::string_view key = "\"time\":\"";
  const std::size_t at = line.substr(0, 256).find(key);
  if (at == line.npos) return {};
  line.remove_prefix(at + key.size());
  return std::string(line.substr(0, line.find('"')));
}

LinesFile::~LinesFile() { close(); }

bool LinesFile::fail(const std::string& what, int reason) {
  unwritten_ = true;
  error_ = what + settings_.path.string() + ": " + std::error_code(reason, std::generic_category()).message();
  buffer_.clear();
  close();
  return false;
}

void LinesFile::close() {
  if (!buffer_.empty()) write_out();
  buffer_.clear();
  if (gz_ != nullptr) ::gzclose(gz_);
  else if (file_ >= 0) ::close(file_);
  gz_ = nullptr;
  file_ = -1;
  begun_.clear();
  begun_ns_ = 0;
}

bool LinesFile::open() {
  if (is_open()) return true;
  begun_ = time_of(first_line(settings_.path));
  std::error_code none;
  const bool is_there = fs::is_regular_file(settings_.path, none) && fs::file_size(settings_.path, none) != 0;
  if (begun_.empty() && is_there) begun_ = last_change(settings_.path);
  if (settings_.compressed && is_there && !put_aside()) return false;
  if (!settings_.compressed && is_there && !end_whole()) return false;
  file_ = ::open(settings_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, readable);
  if (file_ < 0) return fail("cannot open ", errno);
  begun_ns_ = ns_of(begun_);
  if (!settings_.compressed) return true;
  gz_ = ::gzdopen(file_, "ab");
  return gz_ != nullptr || fail("cannot open ", ENOMEM);
}

bool LinesFile::end_whole() {
  const int file = ::open(settings_.path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return fail("cannot open ", errno);
  const off_t size = ::lseek(file, 0, SEEK_END);
  const std::optional<off_t> end = end_of_lines(file, size);
  const bool whole = end && (*end == size || ::ftruncate(file, *end) == 0);
  const int reason = errno;
  ::close(file);
  if (!whole) return fail("cannot mend the end of ", reason);
  if (*end != size && !std::exchange(spoiled_, false)) ++halves_;
  return true;
}

bool LinesFile::add(std::string_view line) {
  if (!open()) return false;
  if (begun_.empty()) {
    begun_ = time_of(line);
    begun_ns_ = ns_of(begun_);
  }
  unwritten_ = false;
  buffer_.append(line) += '\n';
  return buffer_.size() < buffer_octets || write_out();
}

bool LinesFile::write_out() {
  const std::string octets = std::exchange(buffer_, {});
  const off_t before = ::lseek(file_, 0, SEEK_END);
  std::string_view rest = octets;
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
  return true;
}

bool LinesFile::flush() {
  if (!open() || !write_out()) return false;
  errno = 0;
  if (gz_ != nullptr && ::gzflush(gz_, Z_SYNC_FLUSH) != Z_OK)
    return fail("cannot write to ", errno != 0 ? errno : EIO);
  if (!unwritten_) error_.clear();
  return true;
}

bool LinesFile::is_due(std::uint64_t time_ns) const {
  if (!is_open() || begun_.empty()) return false;
  struct stat found {};
  if (settings_.most_octets != 0 && ::fstat(file_, &found) == 0 &&
      static_cast<std::uint64_t>(found.st_size) >= settings_.most_octets)
    return true;
  return settings_.every_ns != 0 && time_ns / settings_.every_ns > begun_ns_ / settings_.every_ns;
}

bool LinesFile::keep(std::uint64_t time_ns) {
  if (time_ns < removed_ns_ || time_ns - removed_ns_ >= between_removals_ns) remove_old(time_ns);
  if (!is_due(time_ns)) return true;
  if (!flush()) return false;
  const std::string begun = begun_;
  close();
  begun_ = begun;
  if (!put_aside()) return false;
  remove_old(time_ns);
  return open();
}

/// `events.jsonl.gz` becomes `events-20261123T010203Z.jsonl.gz`.
fs::path LinesFile::aside(const std::string& time, unsigned serial) const {
  std::string digits = time.substr(0, time.find('.'));
  std::erase_if(digits, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  std::string stem = settings_.path.filename().string();
  std::string ending;
  for (const std::string_view one : {".gz", ".jsonl"}) {
    if (!stem.ends_with(one)) continue;
    stem.resize(stem.size() - one.size());
    ending.insert(0, one);
  }
  const std::string number = serial == 1 ? "" : "-" + std::to_string(serial);
  return settings_.path.parent_path() / (stem + "-" + digits + "Z" + number + ending);
}

bool LinesFile::put_aside() {
  for (unsigned serial = 1;; ++serial) {
    const fs::path to = aside(begun_, serial);
    if (::renameat2(AT_FDCWD, settings_.path.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) break;
    if (errno != EEXIST) return fail("cannot put aside ", errno);
  }
  begun_.clear();
  begun_ns_ = 0;
  return true;
}

/// By their names, the oldest first.
std::vector<LinesFile::Aside> LinesFile::put_aside_before() const {
  const std::string any = aside("", 1).filename().string();
  const std::string begin = any.substr(0, any.find("-Z") + 1);
  const std::string end = any.substr(any.find("-Z") + 2);
  const fs::path folder = settings_.path.has_parent_path() ? settings_.path.parent_path() : ".";
  std::vector<Aside> files;
  std::error_code error;
  for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(end) || name.size() <= begin.size() + end.size())
      continue;
    const std::string middle = name.substr(begin.size(), name.size() - begin.size() - end.size());
    if (const auto [time, serial] = read_aside(middle); time != 0)
      files.push_back({time, serial, at->path()});
  }
  std::sort(files.begin(), files.end(), [](const Aside& a, const Aside& b) {
    return std::tie(a.begun_ns, a.serial) < std::tie(b.begun_ns, b.serial);
  });
  return files;
}

/// A file has no events that are younger than it was allowed to grow old.
void LinesFile::remove_old(std::uint64_t time_ns) {
  removed_ns_ = time_ns;
  if (settings_.most_files == 0 && settings_.most_ns == 0) return;
  const std::vector<Aside> files = put_aside_before();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool too_many = settings_.most_files != 0 && files.size() - i > settings_.most_files;
    const bool too_old =
        settings_.most_ns != 0 && files[i].begun_ns + settings_.every_ns + settings_.most_ns <= time_ns;
    std::error_code error;
    if (too_many || too_old) fs::remove(files[i].path, error);
  }
}

}  // namespace jsonl
