#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>

#include <sys/mman.h>

namespace tollgate::flow {

/// Zeroed memory of this process alone, on whole pages. What of it is never written costs nothing.
class AnonymousRoom {
 public:
  AnonymousRoom() = default;
  explicit AnonymousRoom(std::size_t size) : size_(size) {
    octets_ =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (octets_ == MAP_FAILED) std::abort();  // as `new` does where nothing is thrown
  }
  ~AnonymousRoom() {
    if (size_ != 0) ::munmap(octets_, size_);
  }
  AnonymousRoom(const AnonymousRoom&) = delete;
  AnonymousRoom& operator=(const AnonymousRoom&) = delete;

  std::span<std::byte> octets() const { return {static_cast<std::byte*>(octets_), size_}; }

 private:
  void* octets_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace tollgate::flow
