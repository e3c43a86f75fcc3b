#include "decode/tcp.hpp"

#include "decode/checksum.hpp"
#include "decode/header_words.hpp"
#include "decode/reader.hpp"

namespace tollgate::decode {
namespace {

enum OptionKind : std::uint8_t {
  end_of_list = 0,
  no_operation = 1,
  maximum_segment_size = 2,
  window_scale = 3,
  sack_permitted = 4,
  sack = 5,
  timestamps = 8,
  md5_signature = 19,
  authentication = 29,
};

std::string_view option_name(std::uint64_t kind) {
  switch (kind) {
    case end_of_list: return "End of Option List";
    case no_operation: return "No-Operation";
    case maximum_segment_size: return "Maximum Segment Size";
    case window_scale: return "Window Scale";
    case sack_permitted: return "SACK Permitted";
    case sack: return "SACK";
    case timestamps: return "Timestamps";
    case md5_signature: return "MD5 Signature";
    case authentication: return "TCP Authentication";
    default: return "";
  }
}

std::string_view flags_name(std::uint64_t flags) {
  if ((flags & tcp_rst) != 0) return "RST";
  switch (flags & (tcp_syn | tcp_fin | tcp_ack)) {
    case tcp_syn: return "SYN";
    case tcp_syn | tcp_ack: return "SYN, ACK";
    case tcp_fin: return "FIN";
    case tcp_fin | tcp_ack: return "FIN, ACK";
    case tcp_ack: return (flags & tcp_psh) != 0 ? "PSH, ACK" : "ACK";
    default: return "";
  }
}

template <class R>
void read_option(R r, TcpOptions& options) {
  const std::uint8_t kind = r.u8("Kind", option_name);
  r.u8("Length");
  switch (kind) {
    case maximum_segment_size:
      if (r.remaining() == 2) options.maximum_segment_size = r.u16("MSS");
      break;
    case window_scale:
      if (r.remaining() == 1) options.window_scale = r.u8("shift.cnt");
      break;
    case sack_permitted: options.sack_permitted = true; break;
    case timestamps:
      if (r.remaining() == 8) {
        options.timestamp_value = r.u32("TSval");
        options.timestamp_echo = r.u32("TSecr");
      }
      break;
    case md5_signature:
    case authentication: options.authenticated = true; break;
    default: break;
  }
  if (!r.empty()) r.rest("Content");
}

// Options, RFC 9293 3.2: one octet Kind for 0 and 1, else Kind, Length (of all of it), content.
template <class R>
TcpOptions read_options(R r) {
  TcpOptions options;
  while (!r.empty()) {
    const std::uint8_t kind = r.peek();
    if (kind == end_of_list || kind == no_operation) {
      r.u8("Kind", option_name);
      if (kind == end_of_list) break;
      continue;
    }
    const std::size_t length = r.peek(1);
    if (length < 2 || length > r.remaining()) break;
    const Octets option = r.take(length);
    TraceScope scope{r.trace(), "Option", option};
    read_option(R{option, r.trace()}, options);
  }
  return options;
}

// TCP, RFC 9293 3.1
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-------------------------------+-------------------------------+
//  |          Source Port          |       Destination Port        |
//  +---------------------------------------------------------------+
//  |                        Sequence Number                        |
//  |                    Acknowledgment Number                      |
//  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//  |  Data |       |C|E|U|A|P|R|S|F|                               |
//  | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
//  |       |       |R|E|G|K|H|T|N|N|                               |
//  +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
//  |           Checksum            |         Urgent Pointer        |
//  +-------------------------------+-------------------------------+
//  |                         Options, Data                         |
//  +---------------------------------------------------------------+
template <class R>
Result<TcpSegment> read(R r, std::string_view checksum) {
  TraceScope scope{r.trace(), "TCP", r.input()};
  TcpSegment segment;
  segment.source_port = r.u16("Source Port");
  segment.destination_port = r.u16("Destination Port");
  segment.sequence = r.u32("Sequence Number");
  segment.acknowledgement = r.u32("Acknowledgment Number");
  const std::size_t header_length = std::size_t{4} * (r.u8("Data Offset, Rsrvd", hexadecimal) >> 4U);
  r.bits("Data Offset", r.last(1), 0xf0, header_words_name);
  segment.flags = r.u8("Control bits", in_hex(flags_name));
  if constexpr (R::tracing) {
    static constexpr std::string_view flags[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    for (unsigned i = std::size(flags); i-- > 0;) r.bits(flags[i], r.last(1), std::uint64_t{1} << i);
  }
  segment.window = r.u16("Window");
  r.u16("Checksum", in_hex([=](std::uint64_t) { return checksum; }));
  r.u16("Urgent Pointer");
  if (r.failed()) return r.truncated(Layer::tcp);
  if (header_length < 20) return Error{Layer::tcp, Reason::bad_length, 12};
  segment.options = r.take(header_length - 20);
  if (r.failed()) return r.truncated(Layer::tcp);
  if constexpr (R::tracing) read_options(R{segment.options, r.trace()});
  segment.payload = r.take_rest();
  return segment;
}

}  // namespace

Result<TcpSegment> decode_tcp(Octets segment, Trace* trace, std::string_view checksum) {
  return with_reader(segment, trace, [=](auto r) { return read(r, checksum); });
}

TcpOptions decode_tcp_options(Octets options, Trace* trace) {
  return with_reader(options, trace, [](auto r) { return read_options(r); });
}

bool tcp_checksum_ok(const IpAddress& source, const IpAddress& destination, Octets segment) {
  // The pseudo-header: both addresses (an IPv4 address stands before zeros, which add nothing), the protocol
  // and the segment's length, of which 16 bits are enough for any but a jumbogram.
  std::uint64_t sum = checksum_word(6);
  sum += checksum_word(static_cast<std::uint16_t>(segment.size()));
  sum += checksum_word(static_cast<std::uint16_t>(segment.size() >> 16U));
  sum = checksum_add(sum, source.octets);
  sum = checksum_add(sum, destination.octets);
  return checksum_fold(checksum_add(sum, segment)) == 0xffff;
}

}  // namespace tollgate::decode
