#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "decode/octets.hpp"
#include "flow/sequence.hpp"

namespace tollgate::flow {

class RelayBuffers;

/// Buffers that no longer belong to a connection once its new state is committed.
struct ReleasedBuffers {
  std::array<std::uint32_t, 8> all;
  std::uint32_t count = 0;
};

/// The octets of one direction that are kept: those in order, up to `next`, and ranges behind gaps. They
/// stand in one buffer, each at its distance from `origin`. Plain data: it survives the process.
///
/// A buffer that a committed state names is changed only where that state has no octets.
struct RelayWindow {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t most_ranges = 32;

  /// Octets behind a gap; sorted, none touches another of its kind.
  struct Range {
    std::uint32_t begin;
    std::uint32_t end;
    std::uint32_t stamp;  ///< the larger, the later its last octets came
    bool gone;            ///< its octets have left already
  };

  std::uint32_t buffer = none;
  std::uint32_t origin = 0;
  std::uint32_t next = 0;
  std::uint32_t stamps = 0;
  std::uint32_t range_count = 0;
  std::array<Range, most_ranges> ranges;  // last: only those in use are copied with the state

  std::uint32_t top() const { return range_count == 0 ? next : ranges[range_count - 1].end; }
  bool holds_ranges() const { return range_count != 0; }

  /// Makes sure that octets from `low` to `end` have their place. What stands before `low` may be lost. False
  /// where there is no such buffer.
  bool make_room(std::uint32_t low, std::uint32_t end, RelayBuffers& buffers, ReleasedBuffers& released);
  /// The same octets from `low` on, in a buffer that no committed state names.
  bool clone(std::uint32_t low, RelayBuffers& buffers, ReleasedBuffers& released);

  struct Placed {
    bool all = true;               ///< every octet from `next` on has its place
    bool fresh = true;             ///< none of them was there before
    std::uint32_t gone_begin = 0;  ///< where `any_gone`: here begin octets in order that have left already
    std::uint32_t gone_end = 0;    ///< and here they end
    bool any_gone = false;
  };
  /// Copies what is new of octets that begin at `sequence`, and moves `next`. There must be room.
  Placed place(std::uint32_t sequence, Octets octets, bool gone, RelayBuffers& buffers);

  std::byte* at(std::uint32_t sequence, RelayBuffers& buffers) const;
  /// Gives the buffer back where nothing from `low` on is in it.
  void release_if_empty(std::uint32_t low, ReleasedBuffers& released);
  /// Goes on at `sequence`, with what of the ranges is behind it.
  void skip_to(std::uint32_t sequence);
  /// Goes on at `sequence`, which is before `low`. What is kept from `low` on stays behind that gap, as far
  /// as it has room; before `sent` it has left already. A buffer that no committed state names holds it.
  void go_back_to(std::uint32_t sequence, std::uint32_t low, std::uint32_t sent, RelayBuffers& buffers,
                  ReleasedBuffers& released);
  /// Forgets everything; goes on at `sequence`.
  void restart(std::uint32_t sequence, ReleasedBuffers& released);

 private:
  void move_to(std::uint32_t fresh, std::uint32_t low, RelayBuffers& buffers, ReleasedBuffers& released);
  bool add_range(std::uint32_t begin, std::uint32_t end, bool gone);
  void absorb(Placed& placed);
};

}  // namespace tollgate::flow
