#include "decode/mtp3.hpp"

#include "decode/reader.hpp"
#include "decode/sccp.hpp"
#include "decode/xua.hpp"

namespace tollgate::decode::mtp3 {
namespace {

constexpr std::uint8_t service_indicator_sccp = 3;

constexpr std::size_t header_size(Variant variant) {
  switch (variant) {
    case Variant::itu: return 5;
    case Variant::japan: return 6;
    case Variant::ansi: return 8;
  }
  return 5;
}

std::uint32_t little(Octets octets) {
  std::uint32_t value = 0;
  for (std::size_t i = octets.size(); i-- > 0;)
    value = value << 8U | std::to_integer<std::uint32_t>(octets[i]);
  return value;
}

/// Q.704 2.2, 32 bits sent least significant octet first
///
///      31    28 27                        14 13                         0
///     +--------+----------------------------+----------------------------+
///     |  SLS   |            OPC             |            DPC             |
///     +--------+----------------------------+----------------------------+
template <class R>
void read_itu_label(R& r, Message& message) {
  const Octets octets = r.take(4);
  if (r.failed()) return;
  const std::uint32_t label = little(octets);
  message.dpc = label & 0x3fffU;
  message.opc = label >> 14U & 0x3fffU;
  message.sls = static_cast<std::uint8_t>(label >> 28U);
  r.note("Destination point code", octets, message.dpc);
  r.note("Originating point code", octets, message.opc);
  r.note("Signalling link selection", octets, message.sls);
}

/// T1.111.4 2.2 (point codes of three octets: member, cluster, network) and JT-Q704 2.2 (of two)
///
///     +---------------+---------------+-------+
///     | DPC (3 or 2)  | OPC (3 or 2)  |  SLS  |
///     +---------------+---------------+-------+
template <class R>
void read_octet_label(R& r, std::size_t width, Message& message) {
  const Octets dpc = r.take(width);
  const Octets opc = r.take(width);
  message.dpc = little(dpc);
  message.opc = little(opc);
  if (r.failed()) return;
  r.note("Destination point code", dpc, message.dpc);
  r.note("Originating point code", opc, message.opc);
  message.sls = r.u8("Signalling link selection");
}

/// Q.704 14.2: the service information octet
///
///      8   7   6   5   4   3   2   1
///     +-------+-------+---------------+
///     |  NI   | prio. |      SI       |
///     +-------+-------+---------------+
template <class R>
Result<Message> read(R r, Variant variant) {
  const TraceScope scope{r.trace(), "MTP3", r.input()};
  Message message;
  const std::uint8_t octet = r.u8("Service information octet", hexadecimal);
  message.si = octet & 0x0fU;
  message.ni = octet >> 6U;
  message.priority = octet >> 4U & 3U;
  if constexpr (R::tracing) {
    if (r.failed()) return r.truncated(Layer::mtp3);
    r.bits("Network indicator", r.last(1), 0xc0, xua::network_indicator_name);
    r.bits("Message priority", r.last(1), 0x30);
    r.bits("Service indicator", r.last(1), 0x0f, xua::service_indicator_name);
  }
  if (variant == Variant::itu) read_itu_label(r, message);
  else read_octet_label(r, variant == Variant::ansi ? 3 : 2, message);
  if (r.failed()) return r.truncated(Layer::mtp3);
  message.user_data = message.si == service_indicator_sccp ? r.take_rest() : r.rest("User part");
  return message;
}

}  // namespace

Result<Message> decode(Octets input, Variant variant, Trace* trace) {
  return with_reader(input, trace, [&](auto r) { return read(r, variant); });
}

Variant recognise(Octets input) {
  if (input.empty() || (std::to_integer<unsigned>(input[0]) & 15U) != service_indicator_sccp)
    return Variant::itu;
  for (const Variant variant : {Variant::itu, Variant::japan, Variant::ansi}) {
    if (header_size(variant) < input.size() && sccp::is_plausible(input.subspan(header_size(variant))))
      return variant;
  }
  return Variant::itu;
}

std::string_view to_string(Variant variant) {
  switch (variant) {
    case Variant::itu: return "ITU";
    case Variant::ansi: return "ANSI";
    case Variant::japan: return "Japan";
  }
  return {};
}

}  // namespace tollgate::decode::mtp3
