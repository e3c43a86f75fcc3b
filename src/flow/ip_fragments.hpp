#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>

#include "decode/ip.hpp"
#include "flow/bounded_table.hpp"
#include "flow/byte_ring.hpp"
#include "message/counters.hpp"

namespace tollgate::flow {

/// What fragments of the same datagram have in common (RFC 791 3.2, RFC 8200 4.5).
struct IpDatagramKey {
  IpAddress source;
  IpAddress destination;
  std::uint32_t id = 0;
  std::uint8_t protocol = 0;  ///< IPv4 only: IPv6 tells datagrams apart by addresses and id

  static IpDatagramKey of(const decode::IpPacket& fragment);
  friend bool operator==(const IpDatagramKey&, const IpDatagramKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const IpDatagramKey& k) {
    return H::combine(std::move(h), k.source.octets, k.destination.octets, k.id, k.protocol);
  }
};

/// Whether a fragment may be of a datagram that holds TCP or SCTP. Those of IPv6 may name any protocol: only
/// the first one's counts.
bool may_have_connections(const decode::IpPacket& fragment);

/// Puts IPv4 and IPv6 fragments together, for reading: the packets themselves are not touched.
///
/// A fragment that repeats what is there is accepted; one that contradicts it spoils its datagram for good
/// (RFC 5722, for both versions: no receiver's choice between two copies can be relied on). A datagram is
/// forgotten when no receiver waits for the rest of it any more, or for newer ones when the table or the room
/// is full.
class IpFragments {
 public:
  static constexpr std::uint64_t lifetime_ns = 61'000'000'000;  ///< RFC 8200 4.5 says 60 seconds
  /// Fragments of one datagram: 64 KiB in frames of 1,500 octets are 44, 1,500 octets in the smallest 188.
  static constexpr std::size_t max_pieces = 256;

  explicit IpFragments(Counters& counters, std::uint32_t datagrams = 1'024, std::size_t octets = 8U << 20U);

  /// What became of a fragment.
  struct Added {
    bool refused = false;   ///< it, or its datagram, cannot be put together
    bool is_first = false;  ///< nothing was known of its datagram before
    /// The datagram that it completes, with this fragment's header. Valid until the next call, as `payload`.
    std::optional<decode::IpPacket> whole;
    Octets payload;             ///< of that: what all fragments hold together, extension headers too
    std::uint8_t protocol = 0;  ///< what it begins with
  };
  /// Takes a fragment (`fragment.fragment` holds).
  Added add(const decode::IpPacket& fragment, std::uint64_t time_ns);

  /// From now on fragments of that datagram are refused.
  void spoil(const IpDatagramKey& key, std::uint64_t time_ns);

  /// Fragments of that datagram never came.
  void forget(const IpDatagramKey& key) { datagrams_.erase(key); }

  /// The end of the input: counts what waits in vain.
  void finish();

  TableUse use() const { return datagrams_.use(); }

 private:
  struct Piece {
    std::uint64_t place = 0;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  struct Datagram {
    std::uint64_t started_ns = 0;
    std::uint32_t total = 0;  ///< octets, once the last fragment was seen; else 0
    std::uint16_t piece_count = 0;
    std::uint8_t protocol = 0;  ///< of the first fragment
    bool authenticated = false;
    bool spoiled = false;
    std::array<Piece, max_pieces> pieces;  ///< by offset
  };

  enum class Fit { added, repeated, refused, too_many };
  Fit fit(Datagram& datagram, const decode::IpPacket& fragment);
  Datagram& find_or_insert(const IpDatagramKey& key, std::uint64_t time_ns, bool& is_first);
  void put_together(const decode::IpPacket& fragment, const Datagram& datagram, Added& added);
  bool complete(const Datagram& datagram) const;
  Octets gather(const Datagram& datagram);
  void forget_old(std::uint64_t time_ns);

  Counters& counters_;
  BoundedTable<IpDatagramKey, Datagram> datagrams_;
  ByteRing ring_;
  std::unique_ptr<std::byte[]> whole_;
};

}  // namespace tollgate::flow
