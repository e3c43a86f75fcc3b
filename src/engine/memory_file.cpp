#include "engine/memory_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tollgate::engine {
namespace {

/// The file begins with this; the memory follows it.
struct Header {
  std::array<char, 8> magic;
  std::uint64_t size;
  std::uint64_t layout;
  std::array<std::byte, 40> reserved;
};
static_assert(sizeof(Header) == 64);
constexpr std::array<char, 8> magic{'T', 'o', 'l', 'l', 'g', 'a', 't', 'e'};

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw std::system_error(errno, std::generic_category(), fmt::format("cannot {} {}", what, path));
}

int open_locked(const std::string& path) {
  for (;;) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail(path, "open the flow memory");
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      ::close(file);
      errno = error == EWOULDBLOCK ? EBUSY : error;
      fail(path, "use the flow memory (does another tollgate run with the same `state`?)");
    }
    // Whoever held the lock before may have replaced the file.
    struct stat opened {};
    struct stat named {};
    if (::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino)
      return file;
    ::close(file);
  }
}

/// What nobody can read must stay as well.
bool has_to_stay(int file, std::size_t size, MemoryFile::MustKeep must_keep) {
  if (size < sizeof(Header)) return true;
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) return true;
  const auto* header = static_cast<const Header*>(at);
  const std::span octets(static_cast<const std::byte*>(at), size);
  const bool stays = header->magic != magic || must_keep(octets.subspan(sizeof(Header)));
  ::munmap(at, size);
  return stays;
}

}  // namespace

MemoryFile::MemoryFile(const std::string& path, std::size_t size, std::uint64_t layout, MustKeep must_keep) {
  file_ = open_locked(path);
  struct stat status {};
  ::fstat(file_, &status);
  const std::size_t whole = sizeof(Header) + size;
  if (static_cast<std::size_t>(status.st_size) == whole) {
    map(file_, whole);
    const auto* header = reinterpret_cast<const Header*>(whole_.data());
    if (header->magic == magic && header->size == size && header->layout == layout) {
      found_ = Found::same;
      return;
    }
  }
  found_ = status.st_size == 0 ? Found::nothing : Found::other;
  if (found_ == Found::other && must_keep != nullptr &&
      has_to_stay(file_, static_cast<std::size_t>(status.st_size), must_keep)) {
    if (!whole_.empty()) ::munmap(whole_.data(), whole_.size());
    ::close(file_);
    throw std::runtime_error(
        fmt::format("{} is of another version of tollgate; what it holds must not be lost: run that version "
                    "once, or move the file away",
                    path));
  }
  // Shrunk to nothing and grown again, all of it is zeros.
  if (::ftruncate(file_, 0) != 0 || ::ftruncate(file_, static_cast<off_t>(whole)) != 0) {
    ::close(file_);
    fail(path, "make room for the flow memory");
  }
  // Room that is promised now cannot be missing later, when a write to it would end the process.
  if (const int error = ::posix_fallocate(file_, 0, static_cast<off_t>(whole)); error != 0) {
    ::close(file_);
    ::unlink(path.c_str());
    errno = error;
    fail(path, "make room for the flow memory");
  }
  if (whole_.empty()) map(file_, whole);
  auto* header = reinterpret_cast<Header*>(whole_.data());
  header->size = size;
  header->layout = layout;
  header->magic = magic;
}

MemoryFile::~MemoryFile() {
  ::munmap(whole_.data(), whole_.size());
  ::close(file_);
}

void MemoryFile::map(int file, std::size_t size) {
  void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) {
    const int error = errno;
    ::close(file);
    throw std::system_error(error, std::generic_category(), "cannot map the flow memory");
  }
  whole_ = {static_cast<std::byte*>(at), size};
  memory_ = whole_.subspan(sizeof(Header));
}

}  // namespace tollgate::engine
