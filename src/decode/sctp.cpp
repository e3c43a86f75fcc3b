#include "decode/sctp.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <isa-l/crc.h>

#include "decode/reader.hpp"

namespace tollgate::decode::sctp {
namespace {

constexpr std::size_t header_length = 12;
constexpr std::size_t tlv_header_length = 4;

std::string_view chunk_name(std::uint64_t type) {
  const std::string_view name = to_string(static_cast<ChunkType>(type));
  return name.empty() ? "Unknown chunk" : name;
}

std::string_view parameter_name(std::uint64_t type) {
  switch (type) {
    case 1: return "Heartbeat Info";
    case 5: return "IPv4 Address";
    case 6: return "IPv6 Address";
    case 7: return "State Cookie";
    case 8: return "Unrecognized Parameter";
    case 9: return "Cookie Preservative";
    case 11: return "Host Name Address";
    case 12: return "Supported Address Types";
    case 13: return "Outgoing SSN Reset Request";
    case 14: return "Incoming SSN Reset Request";
    case 15: return "SSN/TSN Reset Request";
    case 16: return "Re-configuration Response";
    case 17: return "Add Outgoing Streams Request";
    case 18: return "Add Incoming Streams Request";
    case 0x8000: return "ECN Capable";
    case 0x8001: return "Zero Checksum Acceptable";
    case 0x8002: return "Random";
    case 0x8003: return "Chunk List";
    case 0x8004: return "Requested HMAC Algorithm";
    case 0x8005: return "Padding";
    case 0x8008: return "Supported Extensions";
    case 0xc000: return "Forward TSN Supported";
    case 0xc001: return "Add IP Address";
    case 0xc002: return "Delete IP Address";
    case 0xc003: return "Error Cause Indication";
    case 0xc004: return "Set Primary Address";
    case 0xc005: return "Success Indication";
    case 0xc006: return "Adaptation Layer Indication";
    default: return "Parameter";
  }
}

std::string_view cause_name(std::uint64_t code) {
  static constexpr std::array<std::string_view, 14> names{"Error Cause",
                                                          "Invalid Stream Identifier",
                                                          "Missing Mandatory Parameter",
                                                          "Stale Cookie",
                                                          "Out of Resource",
                                                          "Unresolvable Address",
                                                          "Unrecognized Chunk Type",
                                                          "Invalid Mandatory Parameter",
                                                          "Unrecognized Parameters",
                                                          "No User Data",
                                                          "Cookie Received While Shutting Down",
                                                          "Restart of an Association with New Addresses",
                                                          "User-Initiated Abort",
                                                          "Protocol Violation"};
  return code < names.size() ? names[code] : names[0];
}

std::string_view ppid_name(std::uint64_t ppid) {
  switch (ppid) {
    case 0: return "unspecified";
    case 1: return "IUA";
    case 2: return "M2UA";
    case 3: return "M3UA";
    case 4: return "SUA";
    case 5: return "M2PA";
    case 46: return "Diameter";
    case 47: return "Diameter over DTLS";
    default: return "";
  }
}

std::string_view fragment_name(std::uint64_t flags) {
  switch (flags & 3U) {
    case 3: return "unfragmented";
    case 2: return "first fragment";
    case 1: return "last fragment";
    default: return "middle fragment";
  }
}

/// What has type and length before it: chunks, parameters, causes. `length` counts the header, not the
/// padding.
struct Tlv {
  std::uint16_t head = 0;  ///< the first two octets
  Octets octets;
};

/// Takes the next of `rest`, with its padding.
Result<Tlv> take_tlv(Octets& rest, std::size_t size) {
  const auto offset = static_cast<std::uint32_t>(size - rest.size());
  Reader r{rest};
  Tlv tlv;
  tlv.head = r.u16("Type");
  const std::size_t length = r.u16("Length");
  if (r.failed() || length > rest.size()) {
    rest = {};
    return Error{Layer::sctp, Reason::truncated, offset};
  }
  if (length < tlv_header_length) {
    rest = {};
    return Error{Layer::sctp, Reason::bad_length, offset};
  }
  tlv.octets = rest.first(length);
  rest = rest.subspan(std::min((length + 3) & ~std::size_t{3}, rest.size()));
  return tlv;
}

// SCTP common header, RFC 9260 3.1
//
//  +-----------------------+------------------------+
//  | Source Port Number 16 | Destination Port No 16 |
//  +-----------------------+------------------------+
//  |             Verification Tag 32                |
//  +------------------------------------------------+
//  |             Checksum 32 (CRC32c)               |
//  +------------------------------------------------+
template <class R>
Result<Packet> read_header(R r) {
  TraceScope scope{r.trace(), "SCTP", r.input()};
  Packet packet;
  packet.source_port = r.u16("Source Port Number");
  packet.destination_port = r.u16("Destination Port Number");
  packet.verification_tag = r.u32("Verification Tag", hexadecimal);
  r.u32("Checksum", in_hex([&](std::uint64_t) -> std::string_view {
          return checksum_ok(r.input()) ? "CRC32c, correct" : "CRC32c, wrong";
        }));
  if (r.failed()) return r.truncated(Layer::sctp);
  packet.chunks = r.take_rest();
  return packet;
}

// DATA, RFC 9260 3.3.1                                  I-DATA, RFC 8260 2.1
//
//  +-----------+------------------+-----------+          +-----------+------------------+-----------+
//  | Type = 0  | Res |I|U|B|E|    | Length 16 |          | Type = 64 | Res |I|U|B|E|    | Length 16 |
//  +-----------+------------------+-----------+          +-----------+------------------+-----------+
//  |                TSN 32                    |          |                TSN 32                    |
//  +------------------------------+-----------+          +------------------------------+-----------+
//  | Stream Identifier S 16       | SSN n 16  |          | Stream Identifier 16         | Reserved  |
//  +------------------------------+-----------+          +------------------------------+-----------+
//  | Payload Protocol Identifier 32           |          | Message Identifier 32                    |
//  +------------------------------------------+          +------------------------------------------+
//  | User Data                                |          | Payload Protocol Identifier (B), or FSN  |
//  +------------------------------------------+          +------------------------------------------+
template <class R>
Result<Data> read_data(R r, const Chunk& chunk) {
  Data data;
  data.ending = (chunk.flags & 1U) != 0;
  data.beginning = (chunk.flags & 2U) != 0;
  data.unordered = (chunk.flags & 4U) != 0;
  data.interleaved = chunk.type == ChunkType::i_data;
  data.tsn = r.u32("TSN");
  data.stream = r.u16("Stream Identifier");
  if (data.interleaved) {
    r.u16("Reserved");
    data.sequence = r.u32("Message Identifier");
    if (data.beginning) data.ppid = r.u32("Payload Protocol Identifier", ppid_name);
    else data.fsn = r.u32("Fragment Sequence Number");
  } else {
    data.sequence = r.u16("Stream Sequence Number");
    data.ppid = r.u32("Payload Protocol Identifier", ppid_name);
  }
  if (r.failed()) return r.truncated(Layer::sctp);
  if (r.empty()) return r.error(Layer::sctp, Reason::missing_field);
  data.user_data = r.take_rest();
  return data;
}

template <class R>
void trace_tlvs(R& r, std::string_view (*name)(std::uint64_t)) {
  for (Parameters parameters{r.take_rest()}; !parameters.done();) {
    const auto parameter = parameters.next();
    if (!parameter) return;
    r.trace()->octets(name(parameter->type), parameter->value);
  }
}

// INIT and INIT ACK, RFC 9260 3.3.2, 3.3.3
//
//  +-----------+------------------+-----------+
//  | Type 1, 2 |  Chunk Flags     | Length 16 |
//  +-----------+------------------+-----------+
//  |            Initiate Tag 32               |
//  +------------------------------------------+
//  | Advertised Receiver Window Credit 32     |
//  +--------------------+---------------------+
//  | Outbound Streams   | Inbound Streams 16  |
//  +--------------------+---------------------+
//  |            Initial TSN 32                |
//  +------------------------------------------+
//  |            Parameters                    |
//  +------------------------------------------+
template <class R>
Result<Init> read_init(R r) {
  Init init;
  init.initiate_tag = r.u32("Initiate Tag", hexadecimal);
  init.receiver_window = r.u32("Advertised Receiver Window Credit");
  init.outbound_streams = r.u16("Number of Outbound Streams");
  init.inbound_streams = r.u16("Number of Inbound Streams");
  init.initial_tsn = r.u32("Initial TSN");
  if (r.failed()) return r.truncated(Layer::sctp);
  init.parameters = r.take_rest();
  if constexpr (R::tracing) {
    R parameters{init.parameters, r.trace()};
    trace_tlvs(parameters, parameter_name);
  }
  return init;
}

// SACK, RFC 9260 3.3.4: Cumulative TSN Ack 32, a_rwnd 32, numbers of Gap Ack Blocks 16 and of Duplicate TSNs
// 16, then blocks of two times 16 bits, relative to the Cumulative TSN Ack, and TSNs of 32.
void trace_sack(TracingReader& r) {
  r.u32("Cumulative TSN Ack");
  r.u32("Advertised Receiver Window Credit");
  unsigned blocks = r.u16("Number of Gap Ack Blocks");
  unsigned duplicates = r.u16("Number of Duplicate TSNs");
  for (; blocks > 0 && !r.failed(); --blocks) {
    r.u16("Gap Ack Block Start");
    r.u16("Gap Ack Block End");
  }
  for (; duplicates > 0 && !r.failed(); --duplicates) r.u32("Duplicate TSN");
}

/// Tells the trace what stands in a chunk.
void trace_value(const Chunk& chunk, Trace& trace) {
  TracingReader r{chunk.value, &trace};
  switch (chunk.type) {
    case ChunkType::data:
    case ChunkType::i_data: (void)read_data(r, chunk); return;
    case ChunkType::init:
    case ChunkType::init_ack: (void)read_init(r); return;
    case ChunkType::sack: trace_sack(r); return;
    case ChunkType::heartbeat:
    case ChunkType::heartbeat_ack:
    case ChunkType::re_config: trace_tlvs(r, parameter_name); return;
    case ChunkType::abort:
    case ChunkType::error: trace_tlvs(r, cause_name); return;
    case ChunkType::shutdown: r.u32("Cumulative TSN Ack"); return;
    case ChunkType::cookie_echo: r.rest("Cookie"); return;
    case ChunkType::ecne:
    case ChunkType::cwr: r.u32("Lowest TSN Number"); return;
    case ChunkType::auth:
      r.u16("Shared Key Identifier");
      r.u16("HMAC Identifier");
      r.rest("HMAC");
      return;
    case ChunkType::forward_tsn:
    case ChunkType::i_forward_tsn:
      r.u32("New Cumulative TSN");
      r.rest("Streams");
      return;
    case ChunkType::asconf:
    case ChunkType::asconf_ack:
      r.u32("Sequence Number");
      trace_tlvs(r, parameter_name);
      return;
    default:
      if (!r.empty()) r.rest("Chunk Value");
  }
}

// Chunk, RFC 9260 3.2
//
//  +---------------+---------------+------------------+-------------------------------+
//  | Chunk Type 8  | Chunk Flags 8 | Chunk Length 16  | Chunk Value, padded to 4      |
//  +---------------+---------------+------------------+-------------------------------+
void trace_chunk(const Chunk& chunk, Octets octets, Trace& trace) {
  TraceScope scope{&trace, chunk_name(static_cast<std::uint8_t>(chunk.type)), octets};
  TracingReader r{octets.first(tlv_header_length), &trace};
  r.u8("Chunk Type", chunk_name);
  r.u8("Chunk Flags", hexadecimal);
  if (chunk.is_data()) {
    r.bits("I", r.last(1), 0x08, (chunk.flags & 8U) != 0 ? "acknowledge immediately" : "");
    r.bits("U", r.last(1), 0x04, (chunk.flags & 4U) != 0 ? "unordered" : "ordered");
    r.bits("B, E", r.last(1), 0x03, fragment_name);
  }
  r.u16("Chunk Length");
  trace_value(chunk, trace);
}

}  // namespace

std::string_view to_string(ChunkType type) {
  switch (type) {
    case ChunkType::data: return "DATA";
    case ChunkType::init: return "INIT";
    case ChunkType::init_ack: return "INIT ACK";
    case ChunkType::sack: return "SACK";
    case ChunkType::heartbeat: return "HEARTBEAT";
    case ChunkType::heartbeat_ack: return "HEARTBEAT ACK";
    case ChunkType::abort: return "ABORT";
    case ChunkType::shutdown: return "SHUTDOWN";
    case ChunkType::shutdown_ack: return "SHUTDOWN ACK";
    case ChunkType::error: return "ERROR";
    case ChunkType::cookie_echo: return "COOKIE ECHO";
    case ChunkType::cookie_ack: return "COOKIE ACK";
    case ChunkType::ecne: return "ECNE";
    case ChunkType::cwr: return "CWR";
    case ChunkType::shutdown_complete: return "SHUTDOWN COMPLETE";
    case ChunkType::auth: return "AUTH";
    case ChunkType::i_data: return "I-DATA";
    case ChunkType::asconf_ack: return "ASCONF-ACK";
    case ChunkType::re_config: return "RE-CONFIG";
    case ChunkType::pad: return "PAD";
    case ChunkType::forward_tsn: return "FORWARD-TSN";
    case ChunkType::asconf: return "ASCONF";
    case ChunkType::i_forward_tsn: return "I-FORWARD-TSN";
  }
  return {};
}

Result<Packet> decode(Octets packet, Trace* trace) {
  return with_reader(packet, trace, [](auto r) { return read_header(r); });
}

std::array<std::byte, 4> checksum(Octets packet) {
  // ISA-L's CRC is the bare polynomial division: no inversion before or after. It does not write to the
  // buffer.
  const auto crc = [](const std::byte* at, std::size_t length, unsigned sum) {
    return crc32_iscsi(reinterpret_cast<unsigned char*>(const_cast<std::byte*>(at)), static_cast<int>(length),
                       sum);
  };
  std::array<std::byte, header_length> header{};  // with a checksum of 0
  std::memcpy(header.data(), packet.data(), 8);
  unsigned sum = crc(header.data(), header.size(), 0xffffffffU);
  sum = ~crc(packet.data() + header_length, packet.size() - header_length, sum);
  // RFC 9260 appendix A sends the least significant octet first.
  return {static_cast<std::byte>(sum), static_cast<std::byte>(sum >> 8U), static_cast<std::byte>(sum >> 16U),
          static_cast<std::byte>(sum >> 24U)};
}

bool checksum_ok(Octets packet) {
  const auto right = checksum(packet);
  return std::equal(right.begin(), right.end(), packet.begin() + checksum_offset);
}

Result<Chunk> Chunks::next(Trace* trace) {
  const Octets rest = rest_;
  const auto tlv = take_tlv(rest_, size_);
  if (!tlv) {
    if (trace != nullptr) trace->refused(tlv.error(), {rest.data() + rest.size() - size_, size_});
    return tlv.error();
  }
  const Chunk chunk{static_cast<ChunkType>(tlv->head >> 8U), static_cast<std::uint8_t>(tlv->head),
                    tlv->octets.subspan(tlv_header_length)};
  if (trace != nullptr) trace_chunk(chunk, tlv->octets, *trace);
  return chunk;
}

Result<Parameter> Parameters::next() {
  const auto tlv = take_tlv(rest_, size_);
  if (!tlv) return tlv.error();
  return Parameter{tlv->head, tlv->octets.subspan(tlv_header_length)};
}

Result<Data> decode_data(const Chunk& chunk, Trace* trace) {
  return with_reader(chunk.value, trace, [&](auto r) { return read_data(r, chunk); });
}

Result<Init> decode_init(const Chunk& chunk, Trace* trace) {
  return with_reader(chunk.value, trace, [](auto r) { return read_init(r); });
}

}  // namespace tollgate::decode::sctp
