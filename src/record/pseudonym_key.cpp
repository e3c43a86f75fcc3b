#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/pseudonyms.hpp"

namespace tollgate::record {
namespace {

constexpr std::size_t digits = 2 * sizeof(PseudonymKey);

struct OpenFile {
  int number;
  ~OpenFile() {
    if (number >= 0) ::close(number);
  }
};

/// Wiped after it.
struct Line {
  std::array<char, digits + 2> octets{};
  std::size_t size = 0;
  ~Line() { sodium_memzero(octets.data(), octets.size()); }
};

[[noreturn]] void fail_with_errno(const std::string& path) {
  throw std::system_error(errno, std::generic_category(),
                          fmt::format("cannot read the key of the pseudonyms, {}", path));
}

[[noreturn]] void refuse(const std::string& path, std::string_view found, std::string_view advice) {
  throw std::runtime_error(fmt::format("the key of the pseudonyms, {}, {}; {}", path, found, advice));
}

void refuse_readable_by_others(int file, const std::string& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) fail_with_errno(path);
  if (!S_ISREG(status.st_mode)) refuse(path, "is no file", "name one");
  const unsigned mode = status.st_mode & 0777U;
  if ((mode & 0077U) != 0)
    refuse(path, fmt::format("has the mode {:04o}: others can get at it", mode),
           fmt::format("`chmod 600 {}`, or make another where somebody may have read it", path));
}

void read_line(int file, const std::string& path, Line& line) {
  while (line.size < line.octets.size()) {
    const ssize_t got = ::read(file, line.octets.data() + line.size, line.octets.size() - line.size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_with_errno(path);
    if (got == 0) return;
    line.size += static_cast<std::size_t>(got);
  }
}

}  // namespace

PseudonymKey read_pseudonym_key(const std::string& path) {
  const OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) fail_with_errno(path);
  refuse_readable_by_others(file.number, path);
  Line line;
  read_line(file.number, path, line);
  if (line.size != 0 && line.octets[line.size - 1] == '\n') --line.size;
  PseudonymKey key{};
  std::size_t size = 0;
  const int wrong =
      sodium_hex2bin(key.data(), key.size(), line.octets.data(), line.size, nullptr, &size, nullptr);
  if (wrong != 0 || size != key.size() || line.size != digits)
    refuse(path, fmt::format("is not one line of {} hexadecimal digits", digits),
           "`openssl rand -hex 32` makes one");
  return key;
}

}  // namespace tollgate::record
