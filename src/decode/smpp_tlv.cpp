#include "decode/smpp_tlv.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "decode/smpp_names.hpp"

namespace tollgate::decode::smpp {
namespace {

using enum TlvKind;

// In the order of the tags.
constexpr TlvDefinition definitions[] = {
    {0x0005, integer, "dest_addr_subunit"},
    {0x0006, integer, "dest_network_type"},
    {0x0007, integer, "dest_bearer_type"},
    {0x0008, integer, "dest_telematics_id"},
    {0x000D, integer, "source_addr_subunit"},
    {0x000E, integer, "source_network_type"},
    {0x000F, integer, "source_bearer_type"},
    {0x0010, integer, "source_telematics_id"},
    {0x0017, integer, "qos_time_to_live"},
    {0x0019, integer, "payload_type"},
    {0x001D, c_string, "additional_status_info_text"},
    {0x001E, c_string, "receipted_message_id"},
    {0x0030, integer, "ms_msg_wait_facilities"},
    {0x0201, integer, "privacy_indicator"},
    {0x0202, octets, "source_subaddress"},
    {0x0203, octets, "dest_subaddress"},
    {0x0204, integer, "user_message_reference"},
    {0x0205, integer, "user_response_code"},
    {0x020A, integer, "source_port"},
    {0x020B, integer, "destination_port"},
    {0x020C, integer, "sar_msg_ref_num"},
    {0x020D, integer, "language_indicator"},
    {0x020E, integer, "sar_total_segments"},
    {0x020F, integer, "sar_segment_seqnum"},
    {0x0210, integer, "SC_interface_version"},
    {0x0302, integer, "callback_num_pres_ind"},
    {0x0303, octets, "callback_num_atag"},
    {0x0304, integer, "number_of_messages"},
    {0x0381, octets, "callback_num"},
    {0x0420, integer, "dpf_result"},
    {0x0421, integer, "set_dpf"},
    {0x0422, integer, "ms_availability_status"},
    {0x0423, octets, "network_error_code"},
    {0x0424, octets, "message_payload"},
    {0x0425, integer, "delivery_failure_reason"},
    {0x0426, integer, "more_messages_to_send"},
    {0x0427, integer, "message_state"},
    {0x0428, integer, "congestion_state"},
    {0x0501, octets, "ussd_service_op"},
    {0x0600, integer, "broadcast_channel_indicator"},
    {0x0601, octets, "broadcast_content_type"},
    {0x0602, octets, "broadcast_content_type_info"},
    {0x0603, integer, "broadcast_message_class"},
    {0x0604, integer, "broadcast_rep_num"},
    {0x0605, octets, "broadcast_frequency_interval"},
    {0x0606, octets, "broadcast_area_identifier"},
    {0x0607, integer, "broadcast_error_status"},
    {0x0608, integer, "broadcast_area_success"},
    {0x0609, c_string, "broadcast_end_time"},
    {0x060A, octets, "broadcast_service_group"},
    {0x060B, octets, "billing_identification"},
    {0x060D, c_string, "source_network_id"},
    {0x060E, c_string, "dest_network_id"},
    {0x060F, octets, "source_node_id"},
    {0x0610, octets, "dest_node_id"},
    {0x0611, integer, "dest_addr_np_resolution"},
    {0x0612, octets, "dest_addr_np_information"},
    {0x0613, octets, "dest_addr_np_country"},
    {0x1201, integer, "display_time"},
    {0x1203, integer, "sms_signal"},
    {0x1204, octets, "ms_validity"},
    {0x130C, integer, "alert_on_message_delivery"},
    {0x1380, integer, "its_reply_type"},
    {0x1383, octets, "its_session_info"},
};

template <std::size_t n>
std::string_view pick(const std::array<std::string_view, n>& names, std::uint32_t value) {
  return value < n ? names[value] : std::string_view{};
}

std::string_view subunit_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 5> names{"Unknown", "MS Display", "Mobile Equipment",
                                                         "Smart Card 1", "External Unit 1"};
  return pick(names, value);
}

std::string_view network_type_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 9> names{
      "Unknown", "GSM", "ANSI-136/TDMA", "IS-95/CDMA", "PDC", "PHS", "iDEN", "AMPS", "Paging Network"};
  return pick(names, value);
}

std::string_view bearer_type_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 10> names{
      "Unknown", "SMS",     "Circuit Switched Data", "Packet Data",    "USSD",
      "CDPD",    "DataTAC", "FLEX/ReFLEX",           "Cell Broadcast", ""};
  return pick(names, value);
}

std::string_view payload_type_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 2> names{"Default", "WCMP message"};
  return pick(names, value);
}

std::string_view privacy_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 4> names{"Not Restricted", "Restricted", "Confidential",
                                                         "Secret"};
  return pick(names, value);
}

std::string_view language_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 6> names{"unspecified", "english", "french",
                                                         "spanish",     "german",  "portuguese"};
  return pick(names, value);
}

std::string_view availability_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 3> names{"Available", "Denied", "Unavailable"};
  return pick(names, value);
}

std::string_view failure_reason_name(std::uint32_t value) {
  static constexpr std::array<std::string_view, 4> names{
      "Destination unavailable", "Destination Address Invalid", "Permanent network error",
      "Temporary network error"};
  return pick(names, value);
}

std::string_view congestion_name(std::uint32_t value) {
  if (value == 0) return "Idle";
  if (value <= 29) return "Low load";
  if (value <= 49) return "Medium load";
  if (value <= 79) return "High load";
  if (value <= 89) return "Optimum load";
  if (value <= 99) return "Nearing congestion";
  return value == 100 ? "Congested / maximum load" : std::string_view{};
}

std::string_view meaning(std::uint16_t tag, std::uint32_t value) {
  static constexpr std::array<std::string_view, 2> no_yes{"No", "Yes"};
  switch (tag) {
    case 0x0005:
    case 0x000D: return subunit_name(value);
    case 0x0006:
    case 0x000E: return network_type_name(value);
    case 0x0007:
    case 0x000F: return bearer_type_name(value);
    case 0x0019: return payload_type_name(value);
    case 0x0201: return privacy_name(value);
    case 0x020D: return language_name(value);
    case tag::sc_interface_version: return interface_version_name(value);
    case 0x0420:
    case 0x0421:
    case 0x0426: return pick(no_yes, value);
    case 0x0422: return availability_name(value);
    case 0x0425: return failure_reason_name(value);
    case 0x0427: return message_state_name(value);
    case 0x0428: return congestion_name(value);
    case 0x0607: return status_name(value);
    default: return {};
  }
}

std::string_view name_or_range(const TlvDefinition* definition, std::uint16_t tag) {
  if (definition != nullptr) return definition->name;
  return tag >= 0x1400 && tag <= 0x3FFF ? "vendor-specific" : "reserved";
}

std::string_view error_network_name(std::uint8_t type) {
  switch (type) {
    case 1: return "ANSI-136";
    case 2: return "IS-95";
    case 3: return "GSM";
    case 4: return "ANSI 136 Cause Code";
    case 5: return "IS 95 Cause Code";
    case 6: return "ANSI-41 Error";
    case 7: return "SMPP Error";
    case 8: return "Message Center Specific";
    default: return {};
  }
}

void trace_value(const Tlv& tlv, TlvKind kind, Trace& trace) {
  if (kind == integer) {
    if (const auto value = tlv.integer()) {
      trace.number("Value", tlv.value, *value, meaning(tlv.tag, *value));
      return;
    }
  }
  if (kind == c_string) {
    trace.text("Value", tlv.value, tlv.chars());
    return;
  }
  if (tlv.tag == 0x0423 && tlv.value.size() == 3) {  // network_error_code, 3.4 5.3.2.31
    const auto type = std::to_integer<std::uint8_t>(tlv.value[0]);
    trace.number("Network Type", tlv.value.first(1), type, error_network_name(type));
    trace.number("Error Code", tlv.value.subspan(1),
                 std::to_integer<unsigned>(tlv.value[1]) << 8U | std::to_integer<unsigned>(tlv.value[2]), {});
    return;
  }
  trace.octets("Value", tlv.value);
}

}  // namespace

const TlvDefinition* find_definition(std::uint16_t tag) {
  const auto* found =
      std::lower_bound(std::begin(definitions), std::end(definitions), tag,
                       [](const TlvDefinition& d, std::uint16_t value) { return d.tag < value; });
  return found != std::end(definitions) && found->tag == tag ? found : nullptr;
}

std::optional<std::uint32_t> Tlv::integer() const {
  if (value.empty() || value.size() > 4) return {};
  std::uint32_t number = 0;
  for (const std::byte octet : value) number = number << 8U | std::to_integer<std::uint32_t>(octet);
  return number;
}

std::string_view Tlv::chars() const {
  const std::string_view all = as_chars(value);
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

void trace_tlvs(Octets tlvs, Trace& trace) {
  TlvWalk walk(tlvs);
  while (const auto tlv = walk.next()) {
    const TlvDefinition* definition = find_definition(tlv->tag);
    const std::string_view name = name_or_range(definition, tlv->tag);
    const TraceScope scope(&trace, name, tlv->whole);
    trace.number("Parameter Tag", tlv->whole.first(2), tlv->tag, name);
    trace.number("Length", tlv->whole.subspan(2, 2), tlv->value.size(), {});
    if (!tlv->value.empty()) trace_value(*tlv, definition != nullptr ? definition->kind : octets, trace);
  }
  if (walk.fault()) trace.octets("octets that are no optional parameter", walk.rest());
}

}  // namespace tollgate::decode::smpp
