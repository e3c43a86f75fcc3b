#include "traffic/smpp_parameters.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "traffic/content.hpp"

namespace tollgate::traffic::smpp {
namespace {

/// How the standard writes a value (3.1.2), which is how the truth shows it.
enum class Format { integer, c_string, octets };
using enum Format;

struct Definition {
  std::uint16_t tag;
  const char* name;
  Format format;
  std::uint64_t example;
  unsigned width;  ///< of the example
};

// SMPP 5.0 4.8.4. Not here: those that scenarios give meaning to.
constexpr auto definitions = std::to_array<Definition>({
    {0x0005, "dest_addr_subunit", integer, 1, 1},
    {0x0006, "dest_network_type", integer, 1, 1},
    {0x0007, "dest_bearer_type", integer, 1, 1},
    {0x0008, "dest_telematics_id", integer, 0, 2},
    {0x000d, "source_addr_subunit", integer, 1, 1},
    {0x000e, "source_network_type", integer, 1, 1},
    {0x000f, "source_bearer_type", integer, 1, 1},
    {0x0010, "source_telematics_id", integer, 0, 1},
    {0x0017, "qos_time_to_live", integer, 3600, 4},
    {0x0019, "payload_type", integer, 0, 1},
    {0x001d, "additional_status_info_text", c_string, 0x4f4b00, 3},
    {0x001e, "receipted_message_id", c_string, 0x313200, 3},
    {0x0030, "ms_msg_wait_facilities", integer, 0, 1},
    {0x0201, "privacy_indicator", integer, 0, 1},
    {0x0202, "source_subaddress", octets, 0x80fe, 2},
    {0x0203, "dest_subaddress", octets, 0x80fe, 2},
    {0x0204, "user_message_reference", integer, 7, 2},
    {0x0205, "user_response_code", integer, 1, 1},
    {0x020d, "language_indicator", integer, 0, 1},
    {0x0302, "callback_num_pres_ind", integer, 0, 1},
    {0x0303, "callback_num_atag", octets, 0x0041, 2},
    {0x0304, "number_of_messages", integer, 3, 1},
    {0x0381, "callback_num", octets, 0x010131, 3},
    {0x0420, "dpf_result", integer, 0, 1},
    {0x0421, "set_dpf", integer, 0, 1},
    {0x0422, "ms_availability_status", integer, 0, 1},
    {0x0423, "network_error_code", octets, 0x030008, 3},
    {0x0425, "delivery_failure_reason", integer, 0, 1},
    {0x0426, "more_messages_to_send", integer, 1, 1},
    {0x0427, "message_state", integer, 2, 1},
    {0x0428, "congestion_state", integer, 0, 1},
    {0x0501, "ussd_service_op", octets, 1, 1},
    {0x0600, "broadcast_channel_indicator", integer, 1, 1},
    {0x0601, "broadcast_content_type", octets, 0x000001, 3},
    {0x0602, "broadcast_content_type_info", octets, 0x4142, 2},
    {0x0603, "broadcast_message_class", integer, 1, 1},
    {0x0604, "broadcast_rep_num", integer, 2, 2},
    {0x0605, "broadcast_frequency_interval", octets, 0x08000a, 3},
    {0x0606, "broadcast_area_identifier", octets, 0x0041, 2},
    {0x0607, "broadcast_error_status", integer, 0, 4},
    {0x0608, "broadcast_area_success", integer, 100, 1},
    {0x060a, "broadcast_service_group", octets, 0x0101, 2},
    {0x060b, "billing_identification", octets, 0x313200, 3},
    {0x060d, "source_network_id", c_string, 0x534300, 3},
    {0x060e, "dest_network_id", c_string, 0x534300, 3},
    {0x060f, "source_node_id", octets, 0x4e3100, 3},
    {0x0610, "dest_node_id", octets, 0x4e3100, 3},
    {0x0611, "dest_addr_np_resolution", integer, 0, 1},
    {0x0612, "dest_addr_np_information", octets, 0x3132, 2},
    {0x0613, "dest_addr_np_country", octets, 0x002c, 2},
    {0x1201, "display_time", integer, 0, 1},
    {0x1203, "sms_signal", integer, 5, 2},
    {0x1204, "ms_validity", octets, 1, 1},
    {0x130c, "alert_on_message_delivery", integer, 0, 0},
    {0x1380, "its_reply_type", integer, 0, 1},
    {0x1383, "its_session_info", octets, 0x0102, 2},
});

constexpr auto with_meaning = std::to_array<Definition>({
    {tag_source_port, "source_port", integer, 0, 2},
    {tag_destination_port, "destination_port", integer, 0, 2},
    {tag_sar_msg_ref_num, "sar_msg_ref_num", integer, 0, 2},
    {tag_sar_total_segments, "sar_total_segments", integer, 0, 1},
    {tag_sar_segment_seqnum, "sar_segment_seqnum", integer, 0, 1},
    {tag_sc_interface_version, "SC_interface_version", integer, 0, 1},
});

const Definition& find(std::uint16_t tag) {
  const auto has_tag = [tag](const Definition& d) { return d.tag == tag; };
  const auto* const found = std::find_if(with_meaning.begin(), with_meaning.end(), has_tag);
  if (found != with_meaning.end()) return *found;
  return *std::find_if(definitions.begin(), definitions.end(), has_tag);
}

Json value_of(const Tlv& tlv, Format format) {
  const std::span<const std::uint8_t> octets = tlv.value.span();
  if (format == c_string) return std::string(octets.begin(), std::find(octets.begin(), octets.end(), 0));
  if (format != integer || octets.empty()) return hex(octets);
  std::uint64_t number = 0;
  for (const std::uint8_t octet : octets) number = number << 8U | octet;
  return number;
}

}  // namespace

std::vector<Tlv> standard_tlvs() {
  std::vector<Tlv> all;
  for (const Definition& one : definitions) all.push_back(tlv(one.tag, one.example, one.width));
  return all;
}

Json describe(const Address& address) {
  Json wrapped;
  describe_address(wrapped, "address", address.value, address.ton, address.npi);
  return wrapped["address"];
}

Json describe_destinations(const Message& message) {
  Json list = Json::array({describe(message.destination)});
  for (const Address& one : message.more_destinations) list.push_back(describe(one));
  if (!message.distribution_list.empty()) list.push_back({{"dl_name", message.distribution_list}});
  return list;
}

Json describe(const std::vector<Tlv>& list) {
  Json all;
  for (const Tlv& one : list) {
    if (one.tag == tag_message_payload) continue;
    const Definition& definition = find(one.tag);
    all[definition.name] = value_of(one, definition.format);
  }
  return all;
}

}  // namespace tollgate::traffic::smpp
