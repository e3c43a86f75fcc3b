#include "control/record_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/audit_line.hpp"
#include "control/hexadecimal.hpp"

namespace tollgate::control {
namespace {

constexpr std::size_t at_once = 1U << 18U;
constexpr std::size_t hash_octets = 32;

std::size_t read_at(int file, std::vector<char>& room, std::uint64_t place) {
  for (;;) {
    const ssize_t size = ::pread(file, room.data(), room.size(), static_cast<off_t>(place));
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) throw std::system_error(errno, std::generic_category());
  }
}

/// Takes a file's octets piece by piece, and notes its records.
class Reading {
 public:
  explicit Reading(const TimeOfRecord& time_of) : time_of_(time_of) {
    crypto_generichash_init(&hash_, nullptr, 0, hash_octets);
  }

  void take(std::string_view octets) {
    content_.octets += octets.size();
    crypto_generichash_update(&hash_, reinterpret_cast<const unsigned char*>(octets.data()), octets.size());
    for (std::size_t end = octets.find('\n'); end != octets.npos; end = octets.find('\n')) {
      line_ += octets.substr(0, end);
      end_line();
      octets.remove_prefix(end + 1);
    }
    if (line_.size() <= longest_audit_line) line_ += octets;
  }

  RecordFileContent end() {
    if (!line_.empty()) end_line();
    std::array<unsigned char, hash_octets> hash{};
    crypto_generichash_final(&hash_, hash.data(), hash.size());
    content_.hash = hexadecimal(hash);
    return std::move(content_);
  }

 private:
  void end_line() {
    if (const auto time = time_of_(line_)) {
      content_.first_ns = content_.records == 0 ? *time : std::min(content_.first_ns, *time);
      content_.last_ns = std::max(content_.last_ns, *time);
      ++content_.records;
    }
    std::swap(content_.last_line, line_);
    line_.clear();
  }

  const TimeOfRecord& time_of_;
  crypto_generichash_state hash_{};
  std::string line_;
  RecordFileContent content_;
};

}  // namespace

std::optional<std::uint64_t> time_of_last_record(int file, const TimeOfRecord& time_of) {
  struct stat found {};
  if (::fstat(file, &found) != 0) throw std::system_error(errno, std::generic_category());
  std::vector<char> room(at_once);
  const auto size = static_cast<std::uint64_t>(found.st_size);
  const std::size_t filled = read_at(file, room, size - std::min<std::uint64_t>(size, at_once));
  std::string_view tail(room.data(), filled);
  while (!tail.empty()) {
    if (tail.ends_with('\n')) tail.remove_suffix(1);
    const std::size_t begin = tail.rfind('\n') + 1;  // 0 where there is none
    if (const auto time = time_of(tail.substr(begin))) return time;
    tail = tail.substr(0, begin);
  }
  return std::nullopt;
}

std::optional<RecordFileContent> read_record_file(int file, const TimeOfRecord& time_of,
                                                  const std::stop_token& stop) {
  Reading reading(time_of);
  std::vector<char> room(at_once);
  for (std::uint64_t place = 0;;) {
    if (stop.stop_requested()) return std::nullopt;
    const std::size_t size = read_at(file, room, place);
    if (size == 0) break;
    reading.take({room.data(), size});
    place += size;
  }
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);  // nobody else is to lose what is in memory of files
  return reading.end();
}

}  // namespace tollgate::control
