#include "decode/m2ua.hpp"

#include "decode/reader.hpp"
#include "decode/xua.hpp"

namespace tollgate::decode::m2ua {
namespace {

constexpr std::uint16_t tag_interface_identifier = 0x0001;
constexpr std::uint16_t tag_protocol_data_of_drafts = 0x000d;  ///< before the RFC; Status in other messages
constexpr std::uint16_t tag_protocol_data_1 = 0x0300;
constexpr std::uint16_t tag_protocol_data_2 = 0x0301;

using xua::Format;
constexpr xua::Parameter own[] = {
    {tag_protocol_data_1, "Protocol Data 1"},
    {tag_protocol_data_2, "Protocol Data 2 (TTC)"},
    {0x0302, "State Request", Format::number},
    {0x0303, "State Event", Format::number},
    {0x0304, "Congestion Status", Format::number},
    {0x0305, "Discard Status", Format::number},
    {0x0306, "Action", Format::number},
    {0x0307, "Sequence Number", Format::number},
    {0x0308, "Retrieval Result", Format::number},
    {0x0309, "Link Key"},
    {0x030a, "Local-LK-Identifier", Format::number},
    {0x030b, "Signalling Data Terminal (SDT) Identifier", Format::number},
    {0x030c, "Signalling Data Link (SDL) Identifier", Format::number},
    {0x030d, "Registration Result"},
    {0x030e, "Registration Status", Format::number},
    {0x030f, "De-Registration Result"},
    {0x0310, "De-Registration Status", Format::number},
};

constexpr bool has_class(std::uint8_t message_class) {
  return message_class == 0 || message_class == 3 || message_class == 4 || message_class == xua::class_maup ||
         message_class == 10;
}

/// RFC 3331 3.3.1.1: Protocol Data 1 begins with the service information octet, Protocol Data 2 with the
/// length indicator octet, whose two high bits are the priority.
template <class R>
std::optional<Reason> read_parameter(std::uint16_t tag, R& value, bool is_data, Message& message) {
  if (tag == tag_interface_identifier && !message.interface_identifier) {
    if (value.remaining() != 4) return Reason::bad_length;
    message.interface_identifier = value.u32("Interface Identifier");
    return std::nullopt;
  }
  const bool protocol_data =
      tag == tag_protocol_data_1 || tag == tag_protocol_data_2 || tag == tag_protocol_data_of_drafts;
  if (!is_data || !protocol_data) return std::nullopt;
  if (!message.mtp3.empty()) return Reason::too_many;
  if (tag == tag_protocol_data_2) {
    message.priority = value.u8("Priority and length indicator", hexadecimal) >> 6U;
    value.bits("Priority", value.last(1), 0xc0);
    value.bits("Length indicator", value.last(1), 0x3f);
  }
  message.mtp3 = value.take_rest();
  return message.mtp3.empty() ? std::optional{Reason::truncated} : std::nullopt;
}

template <class R>
Result<Message> read(R r) {
  const TraceScope scope{r.trace(), "M2UA", r.input()};
  xua::CommonHeader header;
  if (const auto error = xua::read_common_header(r, Layer::m2ua, has_class, header)) return *error;
  Message message;
  message.message_class = header.message_class;
  message.message_type = header.message_type;
  message.trailing = header.trailing;
  const bool is_data = message.message_class == xua::class_maup && message.message_type == 1;
  const auto error = xua::for_each_parameter(
      R{header.body, r.trace()}, Layer::m2ua, r.position(), own,
      [&](std::uint16_t tag, R& value) { return read_parameter(tag, value, is_data, message); });
  if (error) return *error;
  if (is_data && message.mtp3.empty())
    return Error{Layer::m2ua, Reason::missing_field, static_cast<std::uint32_t>(r.position())};
  return message;
}

}  // namespace

Result<Message> decode(Octets input, Trace* trace) {
  return with_reader(input, trace, [](auto r) { return read(r); });
}

}  // namespace tollgate::decode::m2ua
