#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>

#include "flow/table_room.hpp"
#include "message/table_use.hpp"

namespace tollgate::flow {

/// A request whose answer was not seen yet.
struct Request {
  std::uint64_t connection = 0;  ///< identity of the direction in which it went
  std::uint64_t frame = 0;       ///< where it was seen; 0: this place is free
  std::uint32_t sequence = 0;    ///< SMPP's sequence_number, or what pairs request and answer elsewhere
  std::uint32_t operation = 0;
};

/// Remembers the newest requests, so that an answer finds what it answers. Bounded: each place in the table
/// holds two requests, and a third takes that of the older one. Consecutive sequences of a connection stand
/// beside each other, so that a busy connection stays in the cache. Allocates only when it is made.
class Requests {
 public:
  /// `capacity` is rounded up to a power of two.
  explicit Requests(std::uint32_t capacity)
      : mask_(std::bit_ceil(std::max(capacity, 2U)) / 2 - 1), places_(mask_ + 1) {
    std::uninitialized_value_construct_n(places_.data(), places_.size());
  }

  /// A request with the same connection and sequence is replaced. False where another one had to go.
  bool insert(const Request& request) {
    auto& [first, second] = at(request.connection, request.sequence);
    const auto same = [&](const Request& r) { return is(r, request.connection, request.sequence); };
    Request& chosen = same(first) || (!same(second) && first.frame <= second.frame) ? first : second;
    const bool nothing_lost = chosen.frame == 0 || same(chosen);
    waiting_ += request.frame != 0 ? 1 : 0;
    waiting_ -= chosen.frame != 0 ? 1 : 0;
    chosen = request;
    return nothing_lost;
  }

  /// Gives the request and forgets it.
  std::optional<Request> take(std::uint64_t connection, std::uint32_t sequence) {
    for (Request& r : at(connection, sequence)) {
      if (r.frame == 0 || !is(r, connection, sequence)) continue;
      const Request found = r;
      r.frame = 0;
      --waiting_;
      return found;
    }
    return {};
  }

  /// Those whose answer was not seen.
  TableUse use() const { return {waiting_, places_.size() * std::tuple_size_v<Place>}; }

 private:
  using Place = std::array<Request, 2>;

  static bool is(const Request& r, std::uint64_t connection, std::uint32_t sequence) {
    return r.connection == connection && r.sequence == sequence;
  }
  Place& at(std::uint64_t connection, std::uint32_t sequence) {
    return places_[((connection * 0x9E3779B97F4A7C15U >> 20U) + sequence) & mask_];
  }

  std::uint64_t mask_;
  std::uint64_t waiting_ = 0;
  TableRoom<Place> places_;
};

}  // namespace tollgate::flow
