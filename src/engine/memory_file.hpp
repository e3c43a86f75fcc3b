#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tollgate::engine {

/// The memory of an engine in a file that outlives its process: on a file system in memory, such as /run.
class MemoryFile {
 public:
  /// Whether the memory, of any layout, holds what must not be lost.
  using MustKeep = bool (*)(std::span<const std::byte> memory);
  /// Maps `path`, which is made where it is missing; `size` octets in the given layout. A file of another
  /// size or layout is replaced; where `must_keep` is given, only if that says no, else std::runtime_error is
  /// thrown. Throws std::system_error whose message names the path, also where another process has the file
  /// in use.
  MemoryFile(const std::string& path, std::size_t size, std::uint64_t layout, MustKeep must_keep = nullptr);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::span<std::byte> memory() const { return memory_; }

  /// What an earlier process left.
  enum class Found : std::uint8_t {
    nothing,  ///< no file
    other,    ///< a file of another version or other settings: replaced
    same,     ///< it is in memory()
  };
  Found found() const { return found_; }

 private:
  void map(int file, std::size_t size);

  int file_ = -1;
  std::span<std::byte> whole_;
  std::span<std::byte> memory_;
  Found found_ = Found::nothing;
};

}  // namespace tollgate::engine
