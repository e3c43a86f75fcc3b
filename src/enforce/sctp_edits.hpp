#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decode/octets.hpp"
#include "decode/sctp.hpp"
#include "flow/sctp_associations.hpp"

namespace tollgate::enforce {

/// How recent SCTP user data was edited, so that a chunk that is sent again, on whatever path, leaves as it
/// left first. Bounded: newer edits take the room of older ones, and `knows` tells.
///
/// All of it stands in memory from outside, as plain data: a process that is given the memory of an earlier
/// one goes on where that ended. One writer.
class SctpEdits {
 public:
  static constexpr std::uint32_t entries = 1U << 16U;
  static constexpr std::size_t room = std::size_t{4} << 20U;  ///< octets of edits
  static std::size_t memory_size();

  /// `memory` has memory_size() octets, aligned for a cache line: zeros, or what an earlier one left.
  explicit SctpEdits(std::span<std::byte> memory);

  /// Forgets what is known of `id`, which is to be edited anew.
  void begin(const flow::SctpDataId& id);
  /// In the user data `id` the octets from `offset` on become `octets`: at most 64 KiB.
  void add(const flow::SctpDataId& id, std::uint32_t offset, Octets octets);
  /// No receiver is to make sense of the user data `id`, nor of a message of which it is a fragment: only one
  /// octet of it is left, which is 0, and the room of the others becomes a PAD chunk (RFC 4820), which every
  /// receiver skips. So the message is shorter than it says.
  void spoil(const flow::SctpDataId& id);

  /// Whether all that was added is still here.
  bool knows(const flow::SctpDataId& id) const;

  /// Edits the user data of each chunk of `packet`, an SCTP packet of the direction that `any` belongs to
  /// (whatever its TSN), and sets its checksum. Gives whether anything was to be edited.
  bool apply(std::span<std::byte> packet, const flow::SctpDataId& any) const;

 private:
  struct Entry {
    flow::SctpDataId id;
    std::uint64_t last = 0;  ///< where the last record of it stands; 0: nothing is known
  };
  struct Record {
    std::uint64_t before = 0;  ///< the one that was added before; 0: none
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  struct Header {
    std::uint64_t end = 0;  ///< octets ever put into the room; the first record stands at 8
  };

  bool apply(const Entry& entry, std::span<std::byte> packet, const decode::sctp::Chunk& chunk,
             const decode::sctp::Data& data) const;
  Entry* find(const flow::SctpDataId& id) const;
  std::span<Entry> places(const flow::SctpDataId& id) const;
  const Record* record(std::uint64_t place) const;

  Header& header_;
  std::span<Entry> entries_;
  std::span<std::byte> room_;
};

/// Makes PAD chunks (RFC 4820), which every receiver skips, of the user data with these TSNs in `packet`, and
/// sets its checksum. Gives whether another chunk is left.
bool leave_out(std::span<std::byte> packet, std::span<const std::uint32_t> tsns);

}  // namespace tollgate::enforce
