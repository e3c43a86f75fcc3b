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
  std::uint64_t position = 0;  ///< which payload of its connection: flow::Carriage::position
  std::uint32_t offset = 0;
  Octets octets;
};

/// What an inspector would change in the payload that it was given, so that what was decided about its
/// messages comes true. One a worker; allocated once.
///
/// A payload may be a piece of a message that later ones complete. Nothing is decided about it then: the
/// inspector says `wait`, and with a later payload `decided`, and how this one is to be changed.
class Edits {
 public:
  // Of a payload of 65,535 octets every TCAP component, the shortest of which has 8 octets, can be changed,
  // and of one of 160 KiB every SMPP PDU that carries a message, the shortest of which has 26.
  static constexpr std::size_t most = 8'192;
  static constexpr std::size_t most_octets = std::size_t{256} * 1024;
  static constexpr std::size_t most_decided = 64;

  /// Begins anew: offsets count from the start of `payload`, which stands at `position`.
  void begin(Octets payload, std::uint64_t position = 0) {
    payload_ = payload;
    position_ = position;
    count_ = used_ = decided_count_ = 0;
    waits_ = false;
  }

  /// Whether one more edit of so many octets has room.
  bool has_room(std::size_t octets) const { return count_ < most && octets <= most_octets - used_; }

  /// `where`, a view into the payload, becomes `by`, of the same size; it is copied. False where there is no
  /// room: then nothing of the payload can be trusted to be enforced.
  [[nodiscard]] bool replace(Octets where, Octets by) {
    assert(where.size() == by.size());
    assert(where.data() >= payload_.data() &&
           where.data() + where.size() <= payload_.data() + payload_.size());
    return replace_at(position_, offset_of(where), by);
  }
  /// The same in an earlier payload, that of `position`.
  [[nodiscard]] bool replace_at(std::uint64_t position, std::uint32_t offset, Octets by) {
    if (!has_room(by.size())) return false;
    std::byte* const to = room_.get() + used_;
    if (!by.empty()) std::memcpy(to, by.data(), by.size());
    used_ += by.size();
    all_[count_++] = {position, offset, {to, by.size()}};
    return true;
  }

  /// The payload is a piece of a message that is not whole yet.
  void wait() { waits_ = true; }
  bool waits() const { return waits_; }

  /// An earlier payload, that of `position`, waits no more.
  void decided(std::uint64_t position) {
    if (decided_count_ < most_decided) decided_[decided_count_++] = position;
  }
  std::span<const std::uint64_t> decided() const { return {decided_.data(), decided_count_}; }

  std::span<const Edit> all() const { return {all_.get(), count_}; }
  bool empty() const { return count_ == 0; }
  /// How far behind the payload's start `where`, a view into it, begins.
  std::uint32_t offset_of(Octets where) const {
    return static_cast<std::uint32_t>(where.data() - payload_.data());
  }

 private:
  Octets payload_;
  std::uint64_t position_ = 0;
  bool waits_ = false;
  std::unique_ptr<Edit[]> all_ = std::make_unique_for_overwrite<Edit[]>(most);
  std::size_t count_ = 0;
  std::array<std::uint64_t, most_decided> decided_;
  std::size_t decided_count_ = 0;
  std::unique_ptr<std::byte[]> room_ = std::make_unique_for_overwrite<std::byte[]>(most_octets);
  std::size_t used_ = 0;
};

}  // namespace tollgate
