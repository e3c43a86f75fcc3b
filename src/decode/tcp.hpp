#pragma once

#include <cstdint>
#include <optional>

#include "decode/ip_address.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// Control bits (RFC 9293 3.1).
enum TcpFlag : std::uint8_t {
  tcp_fin = 0x01,
  tcp_syn = 0x02,
  tcp_rst = 0x04,
  tcp_psh = 0x08,
  tcp_ack = 0x10,
  tcp_urg = 0x20,
  tcp_ece = 0x40,
  tcp_cwr = 0x80,
};

struct TcpSegment {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;  ///< meaningful with tcp_ack
  std::uint16_t window = 0;           ///< not scaled
  std::uint8_t flags = 0;             ///< TcpFlag
  Octets options;
  Octets payload;
};

/// A TCP segment (RFC 9293 3.1). Errors: truncated, bad_length. Its checksum is not asked: see
/// `tcp_checksum_ok`; the trace says of it what `checksum` does.
Result<TcpSegment> decode_tcp(Octets segment, Trace* trace = nullptr, std::string_view checksum = {});

/// Whether the checksum over segment and pseudo-header (RFC 9293 3.1, RFC 8200 8.1) is right.
bool tcp_checksum_ok(const IpAddress& source, const IpAddress& destination, Octets segment);

/// The options that say how a connection works (IANA TCP option kinds).
struct TcpOptions {
  std::optional<std::uint16_t> maximum_segment_size;
  std::optional<std::uint8_t> window_scale;
  std::optional<std::uint32_t> timestamp_value;
  std::uint32_t timestamp_echo = 0;
  bool sack_permitted = false;
  bool authenticated = false;  ///< TCP-MD5 (RFC 2385) or TCP-AO (RFC 5925): the segment cannot be edited
};

/// Walks the options as receivers do: where an option's length is impossible, the rest is ignored.
TcpOptions decode_tcp_options(Octets options, Trace* trace = nullptr);

}  // namespace tollgate::decode
