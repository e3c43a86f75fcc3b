#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "flow/relay_state.hpp"

namespace tollgate::flow {

/// Numbers from 0 to `count` - 1, each free or taken. Which are is private; the memory that they name may be
/// shared.
class FreeList {
 public:
  static constexpr std::uint32_t none = RelayWindow::none;

  explicit FreeList(std::uint32_t count)
      : next_(std::make_unique_for_overwrite<std::uint32_t[]>(count)), count_(count) {}

  std::uint32_t take();
  void give_back(std::uint32_t number);
  /// Makes exactly those free of which `taken(number)` says no.
  template <class Taken>
  void rebuild(Taken&& taken) {
    free_ = none;
    fresh_ = count_;
    taken_ = count_;
    for (std::uint32_t number = count_; number-- > 0;) {
      if (!taken(number)) give_back(number);
    }
  }
  std::uint32_t count() const { return count_; }
  std::uint32_t taken() const { return taken_; }

 private:
  std::unique_ptr<std::uint32_t[]> next_;  ///< of a free number: the next free one
  std::uint32_t count_;
  std::uint32_t free_ = none;
  std::uint32_t fresh_ = 0;  ///< from here on never taken
  std::uint32_t taken_ = 0;
};

/// Buffers of two sizes, in memory from outside.
class RelayBuffers {
 public:
  static constexpr std::uint32_t none = RelayWindow::none;
  static constexpr std::size_t small_size = std::size_t{16} * 1024;
  static constexpr std::size_t large_size = std::size_t{256} * 1024;

  RelayBuffers(std::byte* room, std::uint32_t small_count, std::uint32_t large_count)
      : room_(room), small_(small_count), large_(large_count) {}

  /// A buffer of at least `size` octets; none where all are taken, or none is so large.
  std::uint32_t take(std::size_t size);
  void give_back(std::uint32_t buffer);
  /// Whether `take(size)` would get one.
  bool has(std::size_t size) const {
    if (size <= small_size && small_.taken() < small_.count()) return true;
    return size <= large_size && large_.taken() < large_.count();
  }
  std::byte* at(std::uint32_t buffer) const {
    if (buffer < small_.count()) return room_ + buffer * small_size;
    return room_ + small_.count() * small_size + (buffer - small_.count()) * large_size;
  }
  std::size_t size(std::uint32_t buffer) const { return buffer < small_.count() ? small_size : large_size; }
  std::uint32_t count() const { return small_.count() + large_.count(); }
  std::uint32_t taken() const { return small_.taken() + large_.taken(); }
  template <class Taken>
  void rebuild(Taken&& taken) {
    small_.rebuild(taken);
    large_.rebuild([&](std::uint32_t number) { return taken(small_.count() + number); });
  }

 private:
  std::byte* room_;
  FreeList small_;
  FreeList large_;
};

/// The relay's connections and their octets, in memory from outside that may outlive the process: a process
/// that ends at any instant leaves in it, of each connection, the state before or after a segment.
class RelayMemory {
 public:
  struct Limits {
    std::uint32_t connections = 16'384;
    std::uint32_t small_buffers = 4'096;  ///< of 16 KiB
    std::uint32_t large_buffers = 128;    ///< of 256 KiB
  };
  static constexpr std::uint32_t none = RelayWindow::none;
  static constexpr std::size_t alignment = 64;
  /// To be raised when the meaning of what stands in the memory changes.
  static constexpr std::uint32_t version = 5;

  /// Octets that `memory` must have.
  static std::size_t size(const Limits& limits);

  /// `memory`, aligned to `alignment`, must be zero or what a RelayMemory with the same limits left; one of
  /// another version left nothing that is of use.
  RelayMemory(std::span<std::byte> memory, const Limits& limits);

  /// Whether `memory` was left by a RelayMemory of this version and with these limits.
  static bool is_ours(std::span<const std::byte> memory, const Limits& limits);

  std::uint32_t take_slot() { return slots_.take(); }
  /// The connection is no longer there. Its buffers are given back.
  void free_slot(std::uint32_t slot);

  /// The committed state. The slot must have one.
  void load(std::uint32_t slot, RelayConnection& into) const;
  const RelayConnection& committed(std::uint32_t slot) const;
  /// From now on `state` is what a later process finds.
  void commit(std::uint32_t slot, const RelayConnection& state);

  /// The copies of a direction's headers; RelayDirection::headers says which holds.
  RelayHeaders& headers(std::uint32_t slot, unsigned side, unsigned copy) {
    return at(slot).headers[side][copy];
  }

  RelayBuffers& buffers() { return buffers_; }
  const RelayBuffers& buffers() const { return buffers_; }

  /// Calls `f(slot)` for each that holds a connection, in a memory that another process left.
  template <class F>
  void adopt(F&& f) {
    rebuild();
    for (std::uint32_t slot = 0; slot < slots_.count(); ++slot) {
      if (at(slot).active.load(std::memory_order_acquire) != 0) f(slot);
    }
  }

 private:
  struct Header {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t slot_size;
    std::uint32_t slots;
    std::uint32_t small_buffers;
    std::uint32_t large_buffers;
    std::uint32_t reserved;
    friend bool operator==(const Header&, const Header&) = default;
  };
  struct alignas(alignment) Slot {
    std::atomic<std::uint32_t> active;  ///< 0: none; else one more than the copy that is committed
    std::array<RelayConnection, 2> copies;
    std::array<std::array<RelayHeaders, 2>, 2> headers;
  };
  static Header header(const Limits& limits);
  static std::size_t buffers_at(const Limits& limits);
  Slot& at(std::uint32_t slot) const { return slot_room_[slot]; }
  void rebuild();

  Slot* slot_room_;
  FreeList slots_;
  RelayBuffers buffers_;
};

}  // namespace tollgate::flow
