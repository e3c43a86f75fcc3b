#include "decode/ip.hpp"

#include <array>
#include <cstring>
#include <optional>

#include <arpa/inet.h>

#include "decode/checksum.hpp"
#include "decode/header_words.hpp"
#include "decode/reader.hpp"

namespace tollgate::decode {
namespace {

constexpr unsigned max_extension_headers = 16;

std::string_view protocol_name(std::uint64_t protocol) {
  switch (protocol) {
    case ip_protocol_hop_by_hop: return "Hop-by-Hop Options";
    case 1: return "ICMP";
    case ip_protocol_tcp: return "TCP";
    case 17: return "UDP";
    case ip_protocol_routing: return "Routing";
    case ip_protocol_fragment: return "Fragment";
    case ip_protocol_esp: return "ESP";
    case ip_protocol_ah: return "AH";
    case 58: return "ICMPv6";
    case ip_protocol_none: return "No Next Header";
    case ip_protocol_destination: return "Destination Options";
    case ip_protocol_sctp: return "SCTP";
    default: return "";
  }
}

template <class R>
IpAddress address(R& r, std::uint8_t version, std::string_view name) {
  IpAddress address;
  address.version = version;
  const Octets octets = r.take(version == 4 ? 4 : 16);
  if (octets.empty()) return address;
  std::memcpy(address.octets.data(), octets.data(), octets.size());
  if constexpr (R::tracing) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(version == 4 ? AF_INET : AF_INET6, octets.data(), text.data(), text.size());
    r.note(name, octets, std::string_view{text.data()});
  }
  return address;
}

// Hop-by-Hop, Routing, Destination Options, Mobility (RFC 8200 4.2, RFC 6275 6.1)
//
//  +-------------+-------------+------------------------------
//  | Next Header | Hdr Ext Len | ...   8 * (1 + Hdr Ext Len) octets in all
//  +-------------+-------------+------------------------------
//
// Fragment (RFC 8200 4.5)
//
//  +-------------+----------+-------------------------+-----+---+-------------------+
//  | Next Header | Reserved | Fragment Offset 13 bits | Res | M | Identification 32 |
//  +-------------+----------+-------------------------+-----+---+-------------------+
//
// Authentication Header (RFC 4302 2): 4 * (2 + Payload Len) octets in all
//
//  +-------------+-------------+-------------+--------+--------------------+---------
//  | Next Header | Payload Len | RESERVED 16 | SPI 32 | Sequence Number 32 | ICV ...
//  +-------------+-------------+-------------+--------+--------------------+---------

template <class R>
void read_fragment_header(R& r, IpPacket& packet) {
  r.u8("Reserved");
  const std::uint16_t field = r.u16("Fragment Offset, M", hexadecimal);
  packet.fragment_offset = field & 0xfff8U;
  packet.more_fragments = (field & 1U) != 0;
  r.bits("Fragment Offset", r.last(2), 0xfff8, "in units of 8 octets");
  r.bits("M", r.last(2), 0x0001, packet.more_fragments ? "more fragments" : "last fragment");
  packet.fragment_id = r.u32("Identification");
  packet.fragment = packet.fragment_offset != 0 || packet.more_fragments;
}

/// The extension header at the cursor. Its kind is `packet.protocol`, which becomes that of the next header.
template <class R>
bool read_extension_header(R& r, IpPacket& packet) {
  const std::uint8_t kind = packet.protocol;
  const std::size_t units = r.peek(1);
  const std::size_t length = kind == ip_protocol_fragment ? 8
                             : kind == ip_protocol_ah     ? 4 * (2 + units)
                                                          : 8 * (1 + units);
  if (length > r.remaining()) {
    r.skip(length);
    return false;
  }
  TraceScope scope{r.trace(), protocol_name(kind), r.input().subspan(r.position(), length)};
  packet.protocol = r.u8("Next Header", protocol_name);
  if (kind == ip_protocol_fragment) {
    read_fragment_header(r, packet);
  } else {
    r.u8("Header Length");
    r.octets(length - 2, "Content");
  }
  if (kind == ip_protocol_ah) packet.authenticated = true;
  return true;
}

bool is_extension_header(std::uint8_t protocol, std::uint8_t version) {
  if (version == 4) return protocol == ip_protocol_ah;
  switch (protocol) {
    case ip_protocol_hop_by_hop:
    case ip_protocol_routing:
    case ip_protocol_fragment:
    case ip_protocol_ah:
    case ip_protocol_destination:
    case ip_protocol_mobility:
    case ip_protocol_hip:
    case ip_protocol_shim6: return true;
    default: return false;
  }
}

/// From behind the fixed header to the payload. A fragment's payload is not looked into.
template <class R>
std::optional<Error> read_extension_headers(R& r, IpPacket& packet) {
  for (unsigned count = 0; !packet.fragment && is_extension_header(packet.protocol, packet.source.version);
       ++count) {
    if (count == max_extension_headers) return r.error(Layer::ip, Reason::too_deep);
    if (!read_extension_header(r, packet))
      return r.error(Layer::ip, packet.cut ? Reason::cut_by_capture : Reason::truncated);
  }
  packet.payload = r.take_rest();
  return std::nullopt;
}

/// The part of the input that the datagram's length field claims, or all of it where it claims nothing (0).
Octets bounded(Octets input, std::size_t length, bool& cut) {
  if (length == 0) return input;
  cut = length > input.size();
  return input.first(std::min(length, input.size()));
}

/// RFC 2474 3, RFC 3168 5: what the Type of Service and the Traffic Class are now.
template <class R>
void read_type_of_service(R& r) {
  r.u8("Type of Service", hexadecimal);
  r.bits("Differentiated Services Codepoint", r.last(1), 0xfc);
  r.bits("Explicit Congestion Notification", r.last(1), 0x03);
}

// Internet Protocol, RFC 791 3.1
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------+-------+---------------+-------------------------------+
//  |Version|  IHL  |Type of Service|          Total Length         |
//  +-------------------------------+-----+-------------------------+
//  |         Identification        |Flags|      Fragment Offset    |
//  +---------------+---------------+-----+-------------------------+
//  |  Time to Live |    Protocol   |         Header Checksum       |
//  +---------------------------------------------------------------+
//  |                       Source Address                          |
//  |                    Destination Address                        |
//  |                    Options, Padding                           |
//  +---------------------------------------------------------------+
template <class R>
std::optional<Error> read_ipv4(Octets input, IpPacket& packet, Trace* trace) {
  TraceScope scope{trace, "IPv4", input};
  R r{input, trace};
  const std::size_t header_length = std::size_t{4} * (r.u8("Version, IHL", hexadecimal) & 15U);
  r.bits("Version", r.last(1), 0xf0);
  r.bits("IHL", r.last(1), 0x0f, header_words_name);
  read_type_of_service(r);
  const std::size_t total_length = r.u16("Total Length");
  packet.fragment_id = r.u16("Identification");
  const std::uint16_t fragment = r.u16("Flags, Fragment Offset", hexadecimal);
  r.bits("Don't Fragment", r.last(2), 0x4000);
  r.bits("More Fragments", r.last(2), 0x2000);
  r.bits("Fragment Offset", r.last(2), 0x1fff, "in units of 8 octets");
  r.u8("Time to Live");
  packet.protocol = r.u8("Protocol", protocol_name);
  r.u16("Header Checksum", in_hex([&](std::uint64_t) -> std::string_view {
          const Octets header = input.first(std::min(header_length, input.size()));
          return checksum_fold(checksum_add(0, header)) == 0xffff ? "correct" : "wrong";
        }));
  packet.source = address(r, 4, "Source Address");
  packet.destination = address(r, 4, "Destination Address");
  if (r.failed()) return r.truncated(Layer::ip);
  if (header_length < 20) return Error{Layer::ip, Reason::bad_length, 0};
  if (total_length != 0 && total_length < header_length) return Error{Layer::ip, Reason::bad_length, 2};
  if (header_length > 20) r.octets(header_length - 20, "Options");
  if (r.failed()) return r.truncated(Layer::ip);
  packet.header = input.first(header_length);
  packet.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1fffU) * 8U);
  packet.more_fragments = (fragment & 0x2000U) != 0;
  packet.fragment = packet.fragment_offset != 0 || packet.more_fragments;
  const Octets datagram = bounded(input, total_length, packet.cut);
  R rest{datagram.subspan(header_length), trace};
  return read_extension_headers(rest, packet);
}

// Internet Protocol version 6, RFC 8200 3
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------+---------------+---------------------------------------+
//  |Version| Traffic Class |           Flow Label                  |
//  +-------------------------------+---------------+---------------+
//  |         Payload Length        |  Next Header  |   Hop Limit   |
//  +---------------------------------------------------------------+
//  |              Source Address, 128 bits                         |
//  |              Destination Address, 128 bits                    |
//  +---------------------------------------------------------------+
template <class R>
std::optional<Error> read_ipv6(Octets input, IpPacket& packet, Trace* trace) {
  TraceScope scope{trace, "IPv6", input};
  R r{input, trace};
  r.u32("Version, Traffic Class, Flow Label", hexadecimal);
  r.bits("Version", r.last(4), 0xf0000000);
  r.bits("Traffic Class", r.last(4), 0x0ff00000);
  r.bits("Flow Label", r.last(4), 0x000fffff);
  const std::size_t payload_length = r.u16("Payload Length");
  packet.protocol = r.u8("Next Header", protocol_name);
  r.u8("Hop Limit");
  packet.source = address(r, 6, "Source Address");
  packet.destination = address(r, 6, "Destination Address");
  if (r.failed()) return r.truncated(Layer::ip);
  packet.header = input.first(r.position());
  const bool empty = payload_length == 0 && packet.protocol == ip_protocol_none;
  R rest{empty ? Octets{} : bounded(r.take_rest(), payload_length, packet.cut), trace};
  return read_extension_headers(rest, packet);
}

template <class R>
std::optional<Error> read(Octets input, IpPacket& packet, Trace* trace) {
  if (input.empty()) return Error{Layer::ip, Reason::truncated, 0};
  switch (std::to_integer<unsigned>(input[0]) >> 4U) {
    case 4: return read_ipv4<R>(input, packet, trace);
    case 6: return read_ipv6<R>(input, packet, trace);
    default: return Error{Layer::ip, Reason::bad_version, 0};
  }
}

}  // namespace

Result<IpPacket> decode_ip(Octets packet, Trace* trace) {
  Result<IpPacket> result{std::in_place};
  const auto error =
      trace == nullptr ? read<Reader>(packet, *result, trace) : read<TracingReader>(packet, *result, trace);
  if (error) {
    if (trace != nullptr) trace->refused(*error, packet);
    result = *error;
  }
  return result;
}

Result<IpPacket> decode_ip_reassembled(const IpPacket& first, Octets payload, Trace* trace) {
  IpPacket whole = first;
  whole.fragment = whole.more_fragments = whole.cut = false;
  const auto error = with_reader(payload, trace, [&](auto r) { return read_extension_headers(r, whole); });
  if (error) return *error;
  return whole;
}

bool ip_checksum_ok(const IpPacket& packet) {
  return packet.source.version != 4 || checksum_fold(checksum_add(0, packet.header)) == 0xffff;
}

}  // namespace tollgate::decode
