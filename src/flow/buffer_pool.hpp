#pragma once

#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>

namespace tollgate::flow {

/// Buffers of two sizes, allocated once: many small ones and a few large. A buffer is named by its index,
/// which is below `count()`. Memory of a buffer that was never taken is not touched, so it costs nothing.
class BufferPool {
 public:
  using Index = std::uint32_t;
  static constexpr Index none = std::numeric_limits<Index>::max();
  static constexpr std::size_t small_size = 4'096;
  static constexpr std::size_t large_size = 144 * 1024;

  BufferPool(std::uint32_t small_count, std::uint32_t large_count)
      : small_(small_count, small_size), large_(large_count, large_size) {}

  /// A buffer of at least `size` octets; none where all are taken, or none is so large.
  Index take(std::size_t size) {
    if (size <= small_size) {
      if (const Index index = small_.take(); index != none) return index;
    }
    if (size > large_size) return none;
    const Index index = large_.take();
    return index == none ? none : small_.count + index;
  }
  void give_back(Index index) {
    if (index < small_.count) small_.give_back(index);
    else large_.give_back(index - small_.count);
  }

  std::byte* at(Index index) const {
    return index < small_.count ? small_.room.get() + index * small_size
                                : large_.room.get() + (index - small_.count) * large_size;
  }
  std::size_t size(Index index) const { return index < small_.count ? small_size : large_size; }
  std::uint32_t count() const { return small_.count + large_.count; }
  std::uint32_t taken() const { return small_.taken + large_.taken; }

 private:
  struct Class {
    Class(std::uint32_t buffers, std::size_t size)
        : room(std::make_unique_for_overwrite<std::byte[]>(buffers * size)),
          next(std::make_unique_for_overwrite<Index[]>(buffers)),
          count(buffers) {}

    Index take() {
      if (free == none && fresh == count) return none;
      ++taken;
      if (free == none) return fresh++;
      const Index index = free;
      free = next[index];
      return index;
    }
    void give_back(Index index) {
      assert(index < fresh);
      next[index] = free;
      free = index;
      --taken;
    }

    std::unique_ptr<std::byte[]> room;
    std::unique_ptr<Index[]> next;  ///< of a free buffer: the next free one
    std::uint32_t count;
    Index free = none;
    Index fresh = 0;  ///< from here on never taken
    std::uint32_t taken = 0;
  };

  Class small_;
  Class large_;
};

}  // namespace tollgate::flow
