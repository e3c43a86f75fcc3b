#include "decode/sua.hpp"

#include "decode/reader.hpp"
#include "decode/xua.hpp"

namespace tollgate::decode::sua {
namespace {

enum Tag : std::uint16_t {
  tag_routing_context = 0x0006,
  tag_hop_counter = 0x0101,
  tag_source_address = 0x0102,
  tag_destination_address = 0x0103,
  tag_cause = 0x0106,
  tag_data = 0x010b,
  tag_importance = 0x0113,
  tag_protocol_class = 0x0115,
  tag_sequence_control = 0x0116,
  tag_segmentation = 0x0117,
  tag_global_title = 0x8001,
  tag_point_code = 0x8002,
  tag_subsystem_number = 0x8003,
};

using xua::Format;
constexpr xua::Parameter own[] = {
    {tag_hop_counter, "SS7 Hop Counter"},
    {tag_source_address, "Source Address"},
    {tag_destination_address, "Destination Address"},
    {0x0104, "Source Reference Number", Format::number},
    {0x0105, "Destination Reference Number", Format::number},
    {tag_cause, "SCCP Cause"},
    {0x0107, "Sequence Number", Format::number},
    {0x0108, "Receive Sequence Number", Format::number},
    {0x0109, "ASP Capabilities"},
    {0x010a, "Credit", Format::number},
    {tag_data, "Data"},
    {0x010c, "User/Cause", Format::user_cause},
    {0x010d, "Network Appearance", Format::number},
    {0x010e, "Routing Key"},
    {0x010f, "DRN Label"},
    {0x0110, "TID Label"},
    {0x0111, "Address Range"},
    {0x0112, "SMI", Format::number},
    {tag_importance, "Importance"},
    {0x0114, "Message Priority", Format::number},
    {tag_protocol_class, "Protocol Class"},
    {tag_sequence_control, "Sequence Control"},
    {tag_segmentation, "Segmentation"},
    {0x0118, "Congestion Level", Format::number},
};
constexpr xua::Parameter own_of_addresses[] = {
    {tag_global_title, "Global Title"},         {tag_point_code, "Point Code"},
    {tag_subsystem_number, "Subsystem Number"}, {0x8004, "IPv4 Address"},
    {0x8005, "Hostname", Format::text},         {0x8006, "IPv6 Address"},
};

std::string_view routing_indicator_name(std::uint64_t indicator) {
  switch (indicator) {
    case 1: return "Route on Global Title";
    case 2: return "Route on SSN + PC";
    case 3: return "Route on Hostname";
    case 4: return "Route on SSN + IP Address";
    default: return {};
  }
}

std::string_view cause_type_name(std::uint64_t type) {
  switch (type) {
    case 1: return "Return Cause";
    case 2: return "Refusal Cause";
    case 3: return "Release Cause";
    case 4: return "Reset Cause";
    case 5: return "Error Cause";
    default: return {};
  }
}

/// RFC 3868 3.10.2.3
///
///     +---------------+---------------+---------------+---------------+
///     |                    Reserved                   |      GTI      |
///     +---------------+---------------+---------------+---------------+
///     | No. Digits    | Trans. type   |    Num. Plan  | Nature of Add |
///     +---------------+---------------+---------------+---------------+
///     |  Global Title, two digits an octet, low half first, padded    |
template <class R>
sccp::GlobalTitle read_global_title(R& r) {
  sccp::GlobalTitle gt;
  r.u24("Reserved");
  gt.indicator = r.u8("GTI", sccp::gt_indicator_name);
  gt.signals = r.u8("No. Digits");
  gt.translation_type = r.u8("Translation type");
  gt.numbering_plan = r.u8("Numbering Plan", sccp::numbering_plan_name);
  gt.nature_of_address = r.u8("Nature of Address", sccp::nature_of_address_name);
  gt.encoding_scheme = gt.signals % 2 == 1 ? 1 : 2;
  gt.address = r.take((std::size_t{gt.signals} + 1) / 2);
  if constexpr (R::tracing) {
    char text[sccp::max_gt_digits];
    if (gt.signals != 0) r.note("Global Title Digits", gt.address, {text, sccp::digits(gt, text)});
  }
  r.take_rest();
  return gt;
}

template <class R>
std::optional<Reason> read_address_parameter(std::uint16_t tag, R& value, sccp::Address& address) {
  switch (tag) {
    case tag_global_title: address.gt = read_global_title(value); break;
    case tag_point_code: address.point_code = value.u32("Point Code"); break;
    case tag_subsystem_number:
      value.u24("Reserved");
      address.ssn = value.u8("SSN value", sccp::subsystem_name);
      break;
    default: break;
  }
  return value.failed() ? std::optional{Reason::truncated} : std::nullopt;
}

/// RFC 3868 3.10.2: routing indicator, address indicator, then the parameters of the address. The address
/// indicator says which parameters are to be used in routing; those that stand there are read.
template <class R>
std::optional<Reason> read_address(R& r, sccp::Address& address) {
  if (!address.octets.empty()) return Reason::too_many;
  address.octets = r.input();
  const std::uint16_t routing = r.u16("Routing Indicator", routing_indicator_name);
  r.u16("Address Indicator", hexadecimal);
  r.bits("Include GT", r.last(2), 0x4);
  r.bits("Include PC", r.last(2), 0x2);
  r.bits("Include SSN", r.last(2), 0x1);
  if (r.failed()) return Reason::truncated;
  address.route_on_ssn = routing != 1;
  const R parameters{r.take_rest(), r.trace()};
  const auto error = xua::for_each_parameter(
      parameters, Layer::sua, 0, own_of_addresses,
      [&](std::uint16_t tag, R& value) { return read_address_parameter(tag, value, address); });
  return error ? std::optional{error->reason} : std::nullopt;
}

/// RFC 3868 3.10.23: bit 8 is set in the first segment, bits 1 to 7 count those that remain
template <class R>
sccp::Segmentation read_segmentation(R& r) {
  sccp::Segmentation segmentation;
  const std::uint8_t octet = r.u8("First/Remaining segments", hexadecimal);
  r.bits("First segment", r.last(1), 0x80);
  r.bits("Remaining segments", r.last(1), 0x7f);
  segmentation.first = (octet & 0x80U) != 0;
  segmentation.class_1 = true;  // SUA segments in sequence only
  segmentation.remaining = octet & 0x7fU;
  segmentation.local_reference = r.u24("Segmentation Reference");
  return segmentation;
}

template <class R>
void read_cause(R& r, Message& message) {
  r.u16("Reserved");
  const std::uint8_t type = r.u8("Cause Type", cause_type_name);
  const std::uint8_t cause = r.u8("Cause Value", [&](std::uint64_t value) {
    return type == 1 ? sccp::return_cause_name(value) : std::string_view{};
  });
  if (type == 1) message.return_cause = cause;
}

/// A parameter of 32 bits of which only the last octet is used.
template <class R>
std::uint8_t read_last_octet(R& r, std::string_view name) {
  r.u24("Reserved");
  return r.u8(name);
}

template <class R>
std::optional<Reason> read_parameter(std::uint16_t tag, R& value, Message& message) {
  switch (tag) {
    case tag_routing_context:
      if (value.remaining() % 4 != 0) return Reason::bad_length;
      message.routing_context = value.input();
      break;
    case tag_hop_counter: message.hop_counter = read_last_octet(value, "Hop Counter"); break;
    case tag_source_address: return read_address(value, message.source);
    case tag_destination_address: return read_address(value, message.destination);
    case tag_cause: read_cause(value, message); break;
    case tag_data:
      if (!message.data.empty()) return Reason::too_many;
      message.data = value.take_rest();
      break;
    case tag_importance: message.importance = read_last_octet(value, "Importance") & 7U; break;
    case tag_protocol_class: {
      const std::uint8_t octet = read_last_octet(value, "Protocol Class and return option");
      value.bits("Return on error", value.last(1), 0x80);
      value.bits("Protocol class", value.last(1), 0x03);
      message.protocol_class = octet & 0x03U;
      message.return_on_error = (octet & 0x80U) != 0;
      break;
    }
    case tag_sequence_control: message.sequence_control = value.u32("Sequence Control"); break;
    case tag_segmentation: message.segmentation = read_segmentation(value); break;
    default: break;
  }
  return value.failed() ? std::optional{Reason::truncated} : std::nullopt;
}

constexpr bool has_class(std::uint8_t message_class) {
  return message_class == 0 || (message_class >= 2 && message_class <= 4) ||
         (message_class >= xua::class_connectionless && message_class <= 9);
}

template <class R>
Result<Message> read(R r) {
  const TraceScope scope{r.trace(), "SUA", r.input()};
  xua::CommonHeader header;
  if (const auto error = xua::read_common_header(r, Layer::sua, has_class, header)) return *error;
  Message message;
  message.message_class = header.message_class;
  message.message_type = header.message_type;
  message.trailing = header.trailing;
  const auto error = xua::for_each_parameter(
      R{header.body, r.trace()}, Layer::sua, r.position(), own,
      [&](std::uint16_t tag, R& value) { return read_parameter(tag, value, message); });
  if (error) return *error;
  if (is_cldt(message) && message.data.empty())
    return Error{Layer::sua, Reason::missing_field, static_cast<std::uint32_t>(r.position())};
  return message;
}

}  // namespace

bool is_cldt(const Message& message) {
  return message.message_class == xua::class_connectionless && message.message_type == 1;
}

bool is_cldr(const Message& message) {
  return message.message_class == xua::class_connectionless && message.message_type == 2;
}

Result<Message> decode(Octets input, Trace* trace) {
  return with_reader(input, trace, [](auto r) { return read(r); });
}

}  // namespace tollgate::decode::sua
