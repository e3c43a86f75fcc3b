#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace tollgate {

/// Scratch room for what a message's views point to when it does not stand in the packet as such: digits,
/// decoded text. Allocated once a worker; whoever hands a Message on resets it after the consumer returns.
class Arena {
 public:
  explicit Arena(std::size_t capacity = 1U << 20U)
      : room_(std::make_unique_for_overwrite<char[]>(capacity)), capacity_(capacity) {}

  /// All room that is left; write into it, then `commit` what was used.
  std::span<char> room() { return {room_.get() + used_, capacity_ - used_}; }

  /// The first `length` characters of `room()` are kept until `reset`.
  std::string_view commit(std::size_t length) {
    assert(length <= capacity_ - used_);
    const std::string_view kept{room_.get() + used_, length};
    used_ += length;
    return kept;
  }

  void reset() { used_ = 0; }

 private:
  std::unique_ptr<char[]> room_;
  std::size_t capacity_;
  std::size_t used_ = 0;
};

}  // namespace tollgate
