#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>

#include "flow/zero_pages.hpp"

namespace tollgate::flow {

/// What the sender of a message that was stopped has to be told, once its receiver answers. Plain data,
/// without a pointer: another process can go on with it.
struct OwedReply {
  std::uint64_t asker = 0;      ///< who is told: digest of the direction in which SMPP went, or of TCAP's end
  std::uint64_t time_ns = 0;    ///< when the message was stopped
  std::uint32_t number = 0;     ///< sequence_number, or the invoke ID
  std::uint32_t operation = 0;  ///< command_id, or the operation code
  std::uint32_t code = 0;       ///< command_status, or the MAP error
  bool accepted = false;        ///< that it was delivered
  bool by_subscriber = false;   ///< of MAP: the subscriber was made unknown, not the operation
  bool owed = false;            ///< else the place is free
};
static_assert(std::is_trivially_copyable_v<OwedReply>);

/// Replies owed, by who is told and number. Bounded: each place in the table holds two, and a third takes
/// that of the older one. Allocates only when it is made.
class OwedReplies {
 public:
  /// `capacity` is rounded up to a power of two.
  explicit OwedReplies(std::uint32_t capacity)
      : mask_(std::bit_ceil(std::max(capacity, 2U)) / 2 - 1), room_((mask_ + 1) * sizeof(Place)) {}

  /// One of the same asker and number is replaced. False where another one had to go.
  bool insert(OwedReply reply) {
    auto& [first, second] = at(reply.asker, reply.number);
    const auto same = [&](const OwedReply& r) { return is(r, reply.asker, reply.number); };
    OwedReply& chosen =
        same(first) || (!same(second) && (!first.owed || (second.owed && first.time_ns <= second.time_ns)))
            ? first
            : second;
    const bool nothing_lost = !chosen.owed || same(chosen);
    if (!chosen.owed) ++count_;
    chosen = reply;
    chosen.owed = true;
    return nothing_lost;
  }

  /// Gives the reply and forgets it. Costs nothing while none is owed.
  std::optional<OwedReply> take(std::uint64_t asker, std::uint32_t number) {
    if (count_ == 0) return {};
    for (OwedReply& r : at(asker, number)) {
      if (!is(r, asker, number)) continue;
      r.owed = false;
      --count_;
      return r;
    }
    return {};
  }

  std::uint32_t size() const { return count_; }

 private:
  using Place = std::array<OwedReply, 2>;

  static bool is(const OwedReply& r, std::uint64_t asker, std::uint32_t number) {
    return r.owed && r.asker == asker && r.number == number;
  }
  Place& at(std::uint64_t asker, std::uint32_t number) {
    auto* const places = reinterpret_cast<Place*>(room_.span().data());
    return places[((asker * 0x9E3779B97F4A7C15U >> 20U) + number) & mask_];
  }

  std::uint64_t mask_;
  ZeroPages room_;  ///< the places: zeros are free
  std::uint32_t count_ = 0;
};

}  // namespace tollgate::flow
