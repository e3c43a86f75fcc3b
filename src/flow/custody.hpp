#pragma once

#include <cstdint>

#include "flow/sequence.hpp"

namespace tollgate::flow {

/// Octets of which the sender was told, in the receiver's place, that they are delivered. From then on it is
/// ours to repeat them until the receiver has them. Plain data: it survives the process.
///
/// Sequence numbers: `acked`, before which the receiver has everything; `sent`, before which everything has
/// gone to the receiver at least once. Octets in custody that are not yet sent are not repeated.
struct Custody {
  static constexpr std::uint64_t shortest_timeout_ns = 200'000'000;
  static constexpr std::uint64_t longest_timeout_ns = 3'000'000'000;
  static constexpr std::uint64_t lifetime_ns = 60'000'000'000;  ///< without a sign of the receiver
  static constexpr std::uint8_t duplicates_for_loss = 3;        ///< RFC 5681 3.2

  std::uint32_t end = 0;          ///< the sender was told that everything before it is delivered
  std::uint32_t recover = 0;      ///< while recovering: what was sent when the loss was seen
  std::uint64_t timer_ns = 0;     ///< since when the receiver's answer is waited for
  std::uint64_t progress_ns = 0;  ///< when the receiver last acknowledged something
  std::uint64_t timeout_ns = shortest_timeout_ns;
  std::uint8_t duplicates = 0;
  bool taken = false;
  bool recovering = false;

  /// Whether the receiver has not all that the sender was told that it has.
  bool holds(std::uint32_t acked) const { return taken && distance(acked, end) > 0; }
  /// Whether some of it has gone to the receiver, who has not acknowledged it.
  bool waits(std::uint32_t acked, std::uint32_t sent) const {
    return holds(acked) && distance(acked, sent) > 0;
  }
  /// The end of what may be repeated, from `acked` on.
  std::uint32_t repeat_end(std::uint32_t sent) const { return earlier(sent, end); }

  /// The sender was told that everything before `to` is delivered. `timeout_ns` suits the path.
  void take(std::uint32_t to, std::uint64_t time_ns, std::uint64_t timeout_ns);
  /// Octets of it go to the receiver for the first time, where none waited.
  void start_timer(std::uint64_t time_ns) { timer_ns = progress_ns = time_ns; }

  // Whether a segment from `acked` on is to be sent again:
  /// the receiver has acknowledged more, `acked` by now;
  bool acknowledged(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns);
  /// the receiver has acknowledged the same again (RFC 5681 2);
  bool duplicate(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns);
  /// time has passed. `given_up` where the receiver has shown no sign for too long: then nothing is in
  /// custody.
  enum class Due : std::uint8_t { nothing, repeat, given_up };
  Due due(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns);
};

}  // namespace tollgate::flow
