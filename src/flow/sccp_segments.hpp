#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "decode/octets.hpp"
#include "decode/sccp.hpp"
#include "flow/bounded_table.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// What segments of one message have in common (Q.714 4.1.1.2.3): the calling party and its reference,
/// within one direction of an association.
struct SegmentedMessage {
  std::uint64_t connection = 0;  ///< `Carriage::connection`
  std::uint64_t calling = 0;     ///< hash of the calling party address
  std::uint32_t opc = 0;
  std::uint32_t local_reference = 0;

  SegmentedMessage() = default;
  SegmentedMessage(std::uint64_t connection, std::uint32_t opc, const decode::sccp::Address& calling,
                   std::uint32_t local_reference);

  friend bool operator==(const SegmentedMessage&, const SegmentedMessage&) = default;
  template <class H>
  friend H AbslHashValue(H h, const SegmentedMessage& m) {
    return H::combine(std::move(h), m.connection, m.calling, m.opc, m.local_reference);
  }
};

/// Where a segment stood: `offset` octets behind the start of the payload at `position` of its connection.
struct SegmentPlace {
  std::uint64_t position = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// Puts segments of XUDT, XUDTS, LUDT, LUDTS and of SUA together (Q.714 4.1.1.2.3, RFC 3868 3.10.23).
/// Each says how many follow it, so they are put together in whatever order they come: SCTP puts them in
/// sequence only at their receiver. A first segment, or one that is there already, begins its message anew.
/// Holds at most `capacity` messages of `max_octets`; a new one takes the place of
/// the one that waited longest, and none waits longer than `max_age_ns`. What is given up is counted.
class SccpSegments {
 public:
  static constexpr std::size_t max_octets = 16 * 255;
  static constexpr std::size_t max_segments = 16;
  static constexpr std::uint64_t default_max_age_ns = 10'000'000'000;

  explicit SccpSegments(std::uint32_t capacity, std::uint64_t max_age_ns = default_max_age_ns);

  /// Takes a segment and gives the whole data where it is the last one. These are valid until the next
  /// call; where one segment is the whole message, they are `data`. `place` says where the segment stands;
  /// its length is that of `data`.
  std::optional<Octets> add(const SegmentedMessage& message, const decode::sccp::Segmentation& segmentation,
                            Octets data, std::uint64_t now_ns, Counters& counters, SegmentPlace place = {});

  /// Whether the last `add` kept its segment to wait for more.
  bool waits() const { return waits_; }
  /// The segments of the message that the last `add` gave, in their order.
  std::span<const SegmentPlace> segments() const { return {segments_.data(), segment_count_}; }

  /// The end of the input: counts what waits in vain.
  void finish(Counters& counters) const { counters.add(Count::unfinished_sccp_segments, table_.size()); }

  std::uint32_t size() const { return table_.size(); }
  TableUse use() const { return table_.use(); }

 private:
  struct Segment {
    SegmentPlace place;
    std::uint16_t at = 0;  ///< in the message's buffer
  };
  struct Assembly {
    std::uint64_t started_ns = 0;
    std::uint32_t buffer = 0;
    std::uint16_t length = 0;         ///< octets in the buffer, in the order in which they came
    std::uint16_t present = 0;        ///< a bit for each of `segments`
    std::uint8_t after_first = 0xFF;  ///< segments behind the first one; 0xFF while that is missing
    std::array<Segment, max_segments> segments;  ///< by how many follow

    bool is_complete() const { return after_first < max_segments && present == (2U << after_first) - 1; }
  };

  Octets gather(const Assembly& assembly);
  std::byte* buffer(const Assembly& assembly) { return &buffers_[assembly.buffer * max_octets]; }
  void expire(std::uint64_t now_ns, Counters& counters);
  Assembly& assembly_of(const SegmentedMessage& message, const decode::sccp::Segmentation& segmentation,
                        std::uint64_t now_ns, Counters& counters);
  void forget(const SegmentedMessage& message, const Assembly& assembly);

  BoundedTable<SegmentedMessage, Assembly> table_;
  std::unique_ptr<std::byte[]> buffers_;
  std::vector<std::uint32_t> free_buffers_;  ///< as many as the table has room; never grows
  std::unique_ptr<std::byte[]> whole_ = std::make_unique_for_overwrite<std::byte[]>(max_octets);
  std::uint64_t max_age_ns_;
  bool waits_ = false;
  std::array<SegmentPlace, max_segments> segments_;
  std::size_t segment_count_ = 0;
};

}  // namespace tollgate::flow
