#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>

#include "decode/octets.hpp"

namespace tollgate::flow {

/// Room for octets that are kept for a short time: what is put in overwrites what was put in longest ago.
/// Allocated once.
class ByteRing {
 public:
  explicit ByteRing(std::size_t capacity)
      : room_(std::make_unique_for_overwrite<std::byte[]>(capacity)), capacity_(capacity) {}

  /// Copies `octets` in, in one piece, and returns where they are. Precondition: they fit the ring.
  std::uint64_t put(Octets octets) {
    assert(octets.size() <= capacity_);
    const std::size_t offset = static_cast<std::size_t>(end_ % capacity_);
    if (octets.size() > capacity_ - offset) end_ += capacity_ - offset;
    const std::uint64_t place = end_;
    if (!octets.empty()) std::memcpy(room_.get() + place % capacity_, octets.data(), octets.size());
    end_ += octets.size();
    return place;
  }

  /// The `length` octets that were put at `place`; empty where they were overwritten.
  Octets get(std::uint64_t place, std::size_t length) const {
    if (end_ - place > capacity_) return {};
    return {room_.get() + place % capacity_, length};
  }

 private:
  std::unique_ptr<std::byte[]> room_;
  std::size_t capacity_;
  std::uint64_t end_ = 0;  ///< octets ever put, counting what was left free at the ring's end
};

}  // namespace tollgate::flow
