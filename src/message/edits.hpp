#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "decode/octets.hpp"

namespace tollgate {

/// A change of a payload that keeps its length: the octets from `offset` on become `octets`.
struct Edit {
  std::uint32_t offset = 0;
  Octets octets;
};

/// What an inspector would change in the payload that it was given, so that what was decided about its
/// messages comes true. One a worker; allocated once.
class Edits {
 public:
  static constexpr std::size_t most = 256;
  static constexpr std::size_t most_octets = std::size_t{256} * 1024;

  /// Begins anew: offsets count from the start of `payload`.
  void begin(Octets payload) {
    payload_ = payload;
    count_ = used_ = 0;
  }

  /// `where`, a view into the payload, becomes `by`, of the same size; it is copied. False where there is no
  /// room: then nothing of the payload can be trusted to be enforced.
  [[nodiscard]] bool replace(Octets where, Octets by) {
    assert(where.size() == by.size());
    assert(where.data() >= payload_.data() &&
           where.data() + where.size() <= payload_.data() + payload_.size());
    if (count_ == most || by.size() > most_octets - used_) return false;
    std::byte* const to = room_.get() + used_;
    std::memcpy(to, by.data(), by.size());
    used_ += by.size();
    all_[count_++] = {static_cast<std::uint32_t>(where.data() - payload_.data()), {to, by.size()}};
    return true;
  }

  std::span<const Edit> all() const { return {all_.data(), count_}; }
  bool empty() const { return count_ == 0; }

 private:
  Octets payload_;
  std::array<Edit, most> all_;
  std::size_t count_ = 0;
  std::unique_ptr<std::byte[]> room_ = std::make_unique_for_overwrite<std::byte[]>(most_octets);
  std::size_t used_ = 0;
};

}  // namespace tollgate
