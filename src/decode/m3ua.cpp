#include "decode/m3ua.hpp"

#include "decode/reader.hpp"
#include "decode/xua.hpp"

namespace tollgate::decode::m3ua {
namespace {

/// RFC 4666 3.4.5
std::string_view unavailability_cause_name(std::uint64_t cause) {
  switch (cause) {
    case 0: return "Unknown";
    case 1: return "Unequipped Remote User";
    case 2: return "Inaccessible Remote User";
    default: return {};
  }
}

/// RFC 4666 3.4.4
std::string_view congestion_level_name(std::uint64_t level) {
  switch (level) {
    case 0: return "No Congestion or Undefined";
    case 1: return "Congestion Level 1";
    case 2: return "Congestion Level 2";
    case 3: return "Congestion Level 3";
    default: return {};
  }
}

constexpr std::uint16_t tag_routing_context = 0x0006;
constexpr std::uint16_t tag_network_appearance = 0x0200;
constexpr std::uint16_t tag_protocol_data = 0x0210;

using xua::Format;
constexpr xua::Parameter own[] = {
    {tag_network_appearance, "Network Appearance", Format::number},
    {0x0204, "User/Cause", Format::user_cause, unavailability_cause_name},
    {0x0205, "Congestion Indications", Format::number, congestion_level_name},
    {0x0206, "Concerned Destination", Format::point_codes},
    {0x0207, "Routing Key"},
    {0x0208, "Registration Result"},
    {0x0209, "Deregistration Result"},
    {0x020a, "Local Routing Key Identifier", Format::number},
    {0x020b, "Destination Point Code", Format::point_codes},
    {0x020c, "Service Indicators", Format::octet_values, xua::service_indicator_name},
    {0x020e, "Originating Point Code List", Format::point_codes},
    {0x020f, "Circuit Range"},
    {tag_protocol_data, "Protocol Data"},
    {0x0212, "Registration Status", Format::number},
    {0x0213, "Deregistration Status", Format::number},
};

/// RFC 4666 3.3.1
///
///     +---------------------------------------------------------------+
///     |                    Originating Point Code                     |
///     +---------------------------------------------------------------+
///     |                    Destination Point Code                     |
///     +---------------+---------------+---------------+---------------+
///     |      SI       |      NI       |      MP       |      SLS      |
///     +---------------+---------------+---------------+---------------+
///     |  User Protocol Data ...                                       |
template <class R>
ProtocolData read_protocol_data(R& r) {
  ProtocolData data;
  data.opc = r.u32("Originating Point Code");
  data.dpc = r.u32("Destination Point Code");
  data.si = r.u8("Service Indicator", xua::service_indicator_name);
  data.ni = r.u8("Network Indicator", xua::network_indicator_name);
  data.mp = r.u8("Message Priority");
  data.sls = r.u8("Signalling Link Selection Code");
  data.user_data = data.si == service_indicator_sccp ? r.take_rest() : r.rest("User Protocol Data");
  return data;
}

template <class R>
std::optional<Reason> read_parameter(std::uint16_t tag, R& value, Message& message) {
  switch (tag) {
    case tag_network_appearance:
      if (value.remaining() != 4) return Reason::bad_length;
      message.network_appearance = value.u32("Network Appearance");
      return std::nullopt;
    case tag_routing_context:
      if (value.remaining() % 4 != 0) return Reason::bad_length;
      message.routing_context = value.input();
      return std::nullopt;
    case tag_protocol_data:
      if (message.data) return Reason::too_many;
      message.data = read_protocol_data(value);
      return value.failed() ? std::optional{Reason::truncated} : std::nullopt;
    default: return std::nullopt;
  }
}

constexpr bool has_class(std::uint8_t message_class) { return message_class <= 4 || message_class == 9; }

template <class R>
std::optional<Error> read(R r, Message& message) {
  const TraceScope scope{r.trace(), "M3UA", r.input()};
  xua::CommonHeader header;
  if (auto error = xua::read_common_header(r, Layer::m3ua, header)) return error;
  message.message_class = header.message_class;
  message.message_type = header.message_type;
  message.trailing = header.trailing;
  const bool is_data = message.message_class == xua::class_transfer && message.message_type == 1;
  if (!is_data && (!has_class(message.message_class) ||
                   xua::type_name(message.message_class, message.message_type).empty()))
    return Error{Layer::m3ua, Reason::unknown_type, 2};
  auto error = xua::for_each_parameter(
      R{header.body, r.trace()}, Layer::m3ua, r.position(), own,
      [&](std::uint16_t tag, R& value) { return read_parameter(tag, value, message); });
  if (error) return error;
  if (!is_data) message.data.reset();
  else if (!message.data)
    return Error{Layer::m3ua, Reason::missing_field, static_cast<std::uint32_t>(r.position())};
  return std::nullopt;
}

}  // namespace

Result<Message> decode(Octets input, Trace* trace) {
  Result<Message> result{std::in_place};
  if (const auto error = with_reader(input, trace, [&](auto r) { return read(r, *result); })) result = *error;
  return result;
}

bool is_plausible(Octets input) {
  Reader r{input};
  xua::CommonHeader header;
  if (xua::read_common_header(r, Layer::m3ua, header)) return false;
  if (input[1] != std::byte{0} || header.trailing.size() > 3) return false;
  return has_class(header.message_class) &&
         !xua::type_name(header.message_class, header.message_type).empty();
}

}  // namespace tollgate::decode::m3ua
