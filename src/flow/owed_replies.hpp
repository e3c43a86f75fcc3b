#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>

#include "flow/plain_bool.hpp"
#include "flow/zero_pages.hpp"
#include "message/table_use.hpp"

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
///
/// All of it is plain data, sound at any instant at which the process may end; one that is given the memory
/// of an earlier one owes what that owed, but for a reply that was just being noted or given.
class OwedReplies {
 public:
  /// Octets for `capacity` replies, a power of two from 2 on.
  static constexpr std::size_t memory_size(std::uint32_t capacity) {
    return sizeof(Header) + capacity * sizeof(OwedReply);
  }

  /// `memory`, of memory_size() octets and aligned for a cache line, is zeros, or what an earlier one with
  /// the same capacity left. Where it is empty: memory of its own.
  explicit OwedReplies(std::uint32_t capacity, std::span<std::byte> memory = {})
      : memory_(memory_size(capacity), memory), mask_(capacity / 2 - 1) {
    assert(capacity >= 2 && std::has_single_bit(capacity) && memory_.span().size() >= memory_size(capacity));
    if (header().count != 0) adopt();
  }

  /// One of the same asker and number is replaced. False where another one had to go.
  bool insert(OwedReply reply) {
    auto& [first, second] = at(reply.asker, reply.number);
    const auto same = [&](const OwedReply& r) { return is(r, reply.asker, reply.number); };
    OwedReply& chosen =
        same(first) || (!same(second) && (!first.owed || (second.owed && first.time_ns <= second.time_ns)))
            ? first
            : second;
    const bool nothing_lost = !chosen.owed || same(chosen);
    if (!chosen.owed) ++header().count;
    chosen.owed = reply.owed = false;
    in_this_order();
    chosen = reply;
    in_this_order();
    chosen.owed = true;
    return nothing_lost;
  }

  /// Gives the reply and forgets it. Costs nothing while none is owed.
  std::optional<OwedReply> take(std::uint64_t asker, std::uint32_t number) {
    if (header().count == 0) return {};
    for (OwedReply& r : at(asker, number)) {
      if (!is(r, asker, number)) continue;
      r.owed = false;
      in_this_order();
      --header().count;
      return r;
    }
    return {};
  }

  std::uint32_t size() const { return header().count; }
  TableUse use() const { return {size(), places().size() * std::tuple_size_v<Place>}; }

 private:
  struct alignas(64) Header {
    std::uint32_t count;  ///< replies owed; where the process ended in between, one more than there are
  };
  using Place = std::array<OwedReply, 2>;

  /// Whoever finds the memory finds these writes in this order.
  static void in_this_order() { std::atomic_signal_fence(std::memory_order_seq_cst); }

  static bool is(const OwedReply& r, std::uint64_t asker, std::uint32_t number) {
    return r.owed && r.asker == asker && r.number == number;
  }
  Header& header() const { return *reinterpret_cast<Header*>(memory_.span().data()); }
  std::span<Place> places() const {
    return {reinterpret_cast<Place*>(memory_.span().data() + sizeof(Header)), mask_ + 1};
  }
  Place& at(std::uint64_t asker, std::uint32_t number) const {
    return places()[((asker * 0x9E3779B97F4A7C15U >> 20U) + number) & mask_];
  }

  void adopt() {
    std::uint32_t count = 0;
    for (Place& place : places()) {
      for (OwedReply& r : place) {
        if (!is_bool(r.owed) || !is_bool(r.accepted) || !is_bool(r.by_subscriber)) r = {};
        count += r.owed ? 1 : 0;
      }
    }
    header().count = count;
  }

  ZeroPages memory_;  ///< zeros: free
  std::uint64_t mask_;
};

}  // namespace tollgate::flow
