#pragma once

#include <cstdint>

#include "traffic/bytes.hpp"
#include "traffic/capture.hpp"
#include "traffic/encode_net.hpp"
#include "traffic/host.hpp"
#include "traffic/truth.hpp"

namespace tollgate::traffic {

/// What goes wrong with the packet that carries a step. A good copy follows, as the sender repeats what was
/// not acknowledged.
enum class Damage {
  none,
  transport_checksum,  ///< SCTP's CRC32c or TCP's checksum
  ip_checksum,
  cut_by_capture,   ///< the capture holds only the first octets
  short_ip_length,  ///< the IP header says less than its own length
  long_ip_length,   ///< the IP header says more than the packet holds
  short_chunk,      ///< an SCTP chunk's length below its own header
  long_chunk,       ///< an SCTP chunk's length beyond the packet
  short_header,     ///< a TCP data offset below 5
};

/// How a step is carried: everything below the user message.
struct Handling {
  Tags tags = Tags::none;
  bool ip_options = false;
  bool ip_fragments = false;
  bool ip_fragments_reversed = false;
  unsigned pieces = 1;         ///< SCTP: DATA chunks of the first unit; TCP: segments of all units
  bool interleaved = false;    ///< SCTP: the second unit arrives before the last piece of the first
  bool reordered = false;      ///< the pieces arrive in another order
  bool overlapping = false;    ///< TCP: each segment begins with the end of the one before
  bool retransmitted = false;  ///< all packets come twice
  bool unordered = false;      ///< SCTP: the U bit
  bool ppid_zero = false;      ///< SCTP: no payload protocol identifier
  bool with_sack = false;      ///< SCTP: a SACK chunk stands before the DATA
  Damage damage = Damage::none;
};

/// Puts payloads into IP packets and those into the capture. Time never goes back.
class Wire {
 public:
  Wire(Capture& capture, Truth& truth, LinkType link) : capture_(capture), truth_(truth), link_(link) {}

  LinkType link() const { return link_; }
  Truth& truth() { return truth_; }

  /// Writes an IP packet, in fragments where asked for. Gives the frame that completes it.
  std::uint64_t send_ip(std::uint64_t time_ns, const Host& from, const Host& to, std::uint8_t protocol,
                        const Bytes& payload, const Handling& handling);

  /// Writes a packet of a link type without IP.
  std::uint64_t send_bare(std::uint64_t time_ns, const Bytes& packet);

 private:
  void send_fragments(std::uint64_t time_ns, const Host& from, const Host& to, std::uint8_t protocol,
                      const Bytes& payload, const Handling& handling);
  std::uint64_t write(std::uint64_t time_ns, std::size_t captured = SIZE_MAX);

  Capture& capture_;
  Truth& truth_;
  LinkType link_;
  std::uint64_t last_time_ns_ = 0;
  std::uint16_t identification_ = 0;
  Bytes packet_;
};

}  // namespace tollgate::traffic
