#include "decode/sccp.hpp"

#include "decode/reader.hpp"

namespace tollgate::decode::sccp {
namespace {

constexpr Error fault(Reason reason, std::size_t offset) {
  return {Layer::sccp, reason, static_cast<std::uint32_t>(offset)};
}

// What the connectionless messages have in common (Q.713 4.10, 4.11, 4.18 to 4.21):
//
//     +--------------+
//     | message type |
//     +--------------+
//     | class        |  a service message (UDTS, XUDTS, LUDTS) has its return cause here
//     +--------------+
//     | hop counter  |  not in UDT, UDTS
//     +--------------+
//     | pointer      | ---> length, called party address
//     | pointer      | ---> length, calling party address
//     | pointer      | ---> length, data
//     | pointer      | ---> optional parameters: (name, length, content) ... 0; not in UDT, UDTS
//     +--------------+
//
// In LUDT and LUDTS pointers and the length of the data have two octets, the least significant first.
struct Layout {
  bool service;
  bool extended;  ///< has a hop counter and optional parameters
  bool wide;      ///< pointers of two octets
};

constexpr Layout layout_of(MessageType type) {
  switch (type) {
    case MessageType::UDTS: return {true, false, false};
    case MessageType::XUDT: return {false, true, false};
    case MessageType::XUDTS: return {true, true, false};
    case MessageType::LUDT: return {false, true, true};
    case MessageType::LUDTS: return {true, true, true};
    default: return {false, false, false};
  }
}

std::string_view type_meaning(std::uint64_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::CR: return "connection request (CR)";
    case MessageType::CC: return "connection confirm (CC)";
    case MessageType::CREF: return "connection refused (CREF)";
    case MessageType::RLSD: return "released (RLSD)";
    case MessageType::RLC: return "release complete (RLC)";
    case MessageType::DT1: return "data form 1 (DT1)";
    case MessageType::DT2: return "data form 2 (DT2)";
    case MessageType::AK: return "data acknowledgement (AK)";
    case MessageType::UDT: return "unitdata (UDT)";
    case MessageType::UDTS: return "unitdata service (UDTS)";
    case MessageType::ED: return "expedited data (ED)";
    case MessageType::EA: return "expedited data acknowledgement (EA)";
    case MessageType::RSR: return "reset request (RSR)";
    case MessageType::RSC: return "reset confirmation (RSC)";
    case MessageType::ERR: return "protocol data unit error (ERR)";
    case MessageType::IT: return "inactivity test (IT)";
    case MessageType::XUDT: return "extended unitdata (XUDT)";
    case MessageType::XUDTS: return "extended unitdata service (XUDTS)";
    case MessageType::LUDT: return "long unitdata (LUDT)";
    case MessageType::LUDTS: return "long unitdata service (LUDTS)";
  }
  return {};
}

std::string_view protocol_class_name(std::uint64_t protocol_class) {
  switch (protocol_class) {
    case 0: return "connectionless";
    case 1: return "connectionless, in sequence";
    case 2: return "connection-oriented";
    case 3: return "connection-oriented with flow control";
    default: return {};
  }
}

/// Q.713 2.3: a pointer counts from itself to the length octet of its parameter; one of two octets counts
/// from its most significant octet, which is the second. Gives the parameter's place, 0 where there is none.
template <class R>
std::size_t read_pointer(R& r, bool wide, std::string_view name) {
  const std::size_t value = wide ? r.u16_little(name) : r.u8(name);
  return value == 0 ? 0 : r.position() - 1 + value;
}

/// The octets of the variable parameter at `at`, from its length on: empty where it does not lie behind the
/// `header` octets and in the input. Then `fault_of` says what is wrong.
Octets variable(Octets input, std::size_t header, std::size_t at, bool wide) {
  if (at < header || at >= input.size()) return {};
  const Octets rest = input.subspan(at);
  const auto octet = [&](std::size_t i) {
    return i < rest.size() ? std::to_integer<std::size_t>(rest[i]) : 0;
  };
  const std::size_t whole = wide ? 2 + octet(0) + (octet(1) << 8U) : 1 + octet(0);
  return whole > rest.size() ? Octets{} : rest.first(whole);
}

Error fault_of(Octets input, std::size_t header, std::size_t at) {
  const bool outside = at < header || at >= input.size();
  return outside ? fault(Reason::bad_pointer, header) : fault(Reason::truncated, at);
}

std::string_view included(std::uint64_t indicator) { return indicator != 0 ? "included" : "not included"; }

/// Q.713 3.4
///
///      8   7   6   5   4   3   2   1
///     +---+---+---------------+---+---+
///     |nat| R | GT indicator  |SSN|PC |   R: route on SSN
///     +---+---+---------------+---+---+
///     | point code, low octet         |   where PC is 1
///     | 0   0 | point code, high bits |
///     +-------------------------------+
///     | subsystem number              |   where SSN is 1
///     +-------------------------------+
///     | global title ...              |
///     +-------------------------------+
template <class R>
bool read_address(R r, Address& address) {
  address.octets = r.input();
  if (r.empty()) return true;  // a calling party that gives nothing of itself
  const std::uint8_t indicator = r.u8("Address indicator", hexadecimal);
  address.route_on_ssn = (indicator & 0x40U) != 0;
  const auto gt_indicator = static_cast<std::uint8_t>(indicator >> 2U & 15U);
  r.bits("Reserved for national use", r.last(1), 0x80);
  r.bits("Routing indicator", r.last(1), 0x40,
         address.route_on_ssn ? "route on SSN" : "route on global title");
  r.bits("Global title indicator", r.last(1), 0x3c, gt_indicator_name);
  r.bits("SSN indicator", r.last(1), 0x02, included);
  r.bits("Point code indicator", r.last(1), 0x01, included);
  if ((indicator & 0x01U) != 0) address.point_code = r.u16_little("Signalling point code") & 0x3fffU;
  if ((indicator & 0x02U) != 0) address.ssn = r.u8("Subsystem number", subsystem_name);
  if (gt_indicator != 0) address.gt = read_global_title(r, gt_indicator);
  if constexpr (R::tracing) {
    char text[max_gt_digits];
    if (address.gt.signals != 0)
      r.note("Address information", address.gt.address, {text, digits(address.gt, text)});
  }
  return !r.failed();
}

/// Q.713 3.17
///
///     +-+-+---+-----------+-----------------------+
///     |F|C|spr| remaining | local reference (3)   |
///     +-+-+---+-----------+-----------------------+
template <class R>
Segmentation read_segmentation(R r) {
  const std::uint8_t octet = r.u8("First, class, remaining segments", hexadecimal);
  Segmentation segmentation;
  segmentation.first = (octet & 0x80U) != 0;
  segmentation.class_1 = (octet & 0x40U) != 0;
  segmentation.remaining = octet & 0x0fU;
  r.bits("First segment indication", r.last(1), 0x80,
         segmentation.first ? "first segment" : "subsequent segment");
  r.bits("Class", r.last(1), 0x40);
  r.bits("Remaining segments", r.last(1), 0x0f);
  const Octets reference = r.take(3);
  if (r.failed()) return segmentation;
  segmentation.local_reference = std::to_integer<std::uint32_t>(reference[0]) |
                                 std::to_integer<std::uint32_t>(reference[1]) << 8U |
                                 std::to_integer<std::uint32_t>(reference[2]) << 16U;
  r.note("Segmentation local reference", reference, segmentation.local_reference);
  return segmentation;
}

std::string_view parameter_name(std::uint64_t code) {
  switch (code) {
    case 0x00: return "End of optional parameters";
    case 0x01: return "Destination local reference";
    case 0x02: return "Source local reference";
    case 0x03: return "Called party address";
    case 0x04: return "Calling party address";
    case 0x05: return "Protocol class";
    case 0x06: return "Segmenting/reassembling";
    case 0x07: return "Receive sequence number";
    case 0x08: return "Sequencing/segmenting";
    case 0x09: return "Credit";
    case 0x0a: return "Release cause";
    case 0x0b: return "Return cause";
    case 0x0c: return "Reset cause";
    case 0x0d: return "Error cause";
    case 0x0e: return "Refusal cause";
    case 0x0f: return "Data";
    case 0x10: return "Segmentation";
    case 0x11: return "Hop counter";
    case 0x12: return "Importance";
    case 0x13: return "Long data";
    default: return "Unknown parameter";
  }
}

/// Q.713 1.6. A part that ends without the end-of-optional-parameters octet is read as far as it goes.
template <class R>
std::optional<Error> read_optional_part(const R& r, std::size_t header, std::size_t at, Message& message) {
  if (at == 0) return std::nullopt;
  if (at < header || at >= r.input().size()) return fault(Reason::bad_pointer, header);
  R part{r.input().subspan(at), r.trace()};
  while (!part.empty()) {
    const std::uint8_t code = part.peek();
    if (code == 0) {
      part.u8("End of optional parameters");
      break;
    }
    const std::size_t start = at + part.position();
    const std::size_t whole = std::size_t{2} + part.peek(1);
    if (whole > part.remaining()) return fault(Reason::truncated, start);
    R parameter{part.take(whole), part.trace()};
    const TraceScope scope{parameter.trace(), R::tracing ? parameter_name(code) : std::string_view{},
                           parameter.input()};
    parameter.u8("Parameter name", parameter_name);
    const std::uint8_t length = parameter.u8("Length");
    if (code == 0x10) {
      if (length != 4) return fault(Reason::bad_length, start);
      message.segmentation = read_segmentation(R{parameter.take_rest(), parameter.trace()});
    } else if (code == 0x12) {
      if (length != 1) return fault(Reason::bad_length, start);
      message.importance = parameter.u8("Importance") & 7U;
    } else {
      parameter.rest("Content");
    }
  }
  return std::nullopt;
}

template <class R>
std::optional<Error> read_party(const R& r, std::size_t header, std::size_t at, std::string_view name,
                                Address& address) {
  const Octets octets = variable(r.input(), header, at, false);
  if (octets.empty()) return fault_of(r.input(), header, at);
  const TraceScope scope{r.trace(), name, octets};
  R parameter{octets, r.trace()};
  parameter.u8("Length");
  if (!read_address(R{parameter.take_rest(), r.trace()}, address)) return fault(Reason::truncated, at);
  return std::nullopt;
}

template <class R>
std::optional<Error> read_data(const R& r, std::size_t header, std::size_t at, bool wide, Octets& data) {
  const Octets octets = variable(r.input(), header, at, wide);
  if (octets.empty()) return fault_of(r.input(), header, at);
  const TraceScope scope{r.trace(), wide ? "Long data" : "Data", octets};
  R parameter{octets, r.trace()};
  if (wide) parameter.u16_little("Length");
  else parameter.u8("Length");
  data = parameter.take_rest();
  return std::nullopt;
}

template <class R>
void read_protocol_class(R& r, Message& message) {
  const std::uint8_t octet = r.u8("Protocol class and message handling", hexadecimal);
  message.protocol_class = octet & 0x0fU;
  message.return_on_error = octet >> 4U == 8;
  r.bits("Message handling", r.last(1), 0xf0,
         message.return_on_error ? "return message on error" : "no special options");
  r.bits("Protocol class", r.last(1), 0x0f, protocol_class_name);
}

template <class R>
std::optional<Error> read_connectionless(R& r, Message& message) {
  const Layout layout = layout_of(message.type);
  if (layout.service) message.return_cause = r.u8("Return cause", return_cause_name);
  else read_protocol_class(r, message);
  if (layout.extended) message.hop_counter = r.u8("Hop counter");
  const std::size_t called = read_pointer(r, layout.wide, "Pointer to called party address");
  const std::size_t calling = read_pointer(r, layout.wide, "Pointer to calling party address");
  const std::size_t data = read_pointer(r, layout.wide, "Pointer to data");
  std::size_t optional = 0;
  if (layout.extended) optional = read_pointer(r, layout.wide, "Pointer to optional part");
  if (r.failed()) return r.truncated(Layer::sccp);

  const std::size_t header = r.position();
  if (auto error = read_party(r, header, called, "Called party address", message.called)) return error;
  if (auto error = read_party(r, header, calling, "Calling party address", message.calling)) return error;
  if (auto error = read_data(r, header, data, layout.wide, message.data)) return error;
  return read_optional_part(r, header, optional, message);
}

template <class R>
std::optional<Error> read(R r, Message& message) {
  const TraceScope scope{r.trace(), "SCCP", r.input()};
  message.type = static_cast<MessageType>(r.u8("Message type", type_meaning));
  if (r.failed()) return r.truncated(Layer::sccp);
  if (to_string(message.type).empty()) return fault(Reason::unknown_type, 0);
  if (is_connectionless(message.type)) return read_connectionless(r, message);
  r.rest("Connection-oriented message");
  return std::nullopt;
}

/// Q.713 5.3
///
///     +-------------------+--------------+-----------------+--------------+------------------+
///     | format identifier | affected SSN | affected PC (2) | multiplicity | congestion level |
///     +-------------------+--------------+-----------------+--------------+------------------+
template <class R>
Result<Management> read_management(R r) {
  const TraceScope scope{r.trace(), "SCCP management", r.input()};
  Management message;
  message.format_identifier = r.u8("SCMG format identifier", management_name);
  message.affected_ssn = r.u8("Affected SSN", subsystem_name);
  message.affected_pc = r.u16_little("Affected PC") & 0x3fffU;
  message.multiplicity = r.u8("Subsystem multiplicity indicator") & 3U;
  if (message.format_identifier == 6) message.congestion_level = r.u8("SCCP congestion level") & 15U;
  if (r.failed()) return r.truncated(Layer::sccp);
  if (message.format_identifier < 1 || message.format_identifier > 6) return fault(Reason::unknown_type, 0);
  return message;
}

}  // namespace

bool is_connectionless(MessageType type) {
  return type == MessageType::UDT || type == MessageType::UDTS ||
         (type >= MessageType::XUDT && type <= MessageType::LUDTS);
}

bool is_service(MessageType type) { return is_connectionless(type) && layout_of(type).service; }

Result<Message> decode(Octets input, Trace* trace) {
  Result<Message> result{std::in_place};
  if (const auto error = with_reader(input, trace, [&](auto r) { return read(r, *result); })) result = *error;
  return result;
}

bool is_plausible(Octets input) {
  const Result<Message> message = decode(input);
  return message && is_connectionless(message->type) && message->called.octets.size() >= 2;
}

Result<Management> decode_management(Octets input, Trace* trace) {
  return with_reader(input, trace, [](auto r) { return read_management(r); });
}

std::string_view to_string(MessageType type) {
  static constexpr std::string_view names[] = {"CR",  "CC",  "CREF", "RLSD",  "RLC",  "DT1",  "DT2",
                                               "AK",  "UDT", "UDTS", "ED",    "EA",   "RSR",  "RSC",
                                               "ERR", "IT",  "XUDT", "XUDTS", "LUDT", "LUDTS"};
  const auto code = static_cast<std::size_t>(type);
  return code >= 1 && code <= std::size(names) ? names[code - 1] : std::string_view{};
}

/// Q.713 3.12
std::string_view return_cause_name(std::uint64_t cause) {
  static constexpr std::string_view names[] = {
      "no translation for an address of such nature",
      "no translation for this specific address",
      "subsystem congestion",
      "subsystem failure",
      "unequipped user",
      "MTP failure",
      "network congestion",
      "unqualified",
      "error in message transport",
      "error in local processing",
      "destination cannot perform reassembly",
      "SCCP failure",
      "hop counter violation",
      "segmentation not supported",
      "segmentation failure",
  };
  return cause < std::size(names) ? names[cause] : std::string_view{};
}

/// Q.713 5.2.1
std::string_view management_name(std::uint64_t format_identifier) {
  switch (format_identifier) {
    case 1: return "subsystem-allowed (SSA)";
    case 2: return "subsystem-prohibited (SSP)";
    case 3: return "subsystem-status-test (SST)";
    case 4: return "subsystem-out-of-service-request (SOR)";
    case 5: return "subsystem-out-of-service-grant (SOG)";
    case 6: return "SCCP/subsystem-congested (SSC)";
    default: return {};
  }
}

}  // namespace tollgate::decode::sccp
