#include "traffic/encode_smpp.hpp"

namespace tollgate::traffic::smpp {
namespace {

void message_fields(Bytes& out, const Message& m) {
  out.u8(m.esm_class);
  out.u8(m.protocol_id);
  out.u8(m.priority_flag);
  out.c_string(m.schedule_delivery_time);
  out.c_string(m.validity_period);
  out.u8(m.registered_delivery);
  out.u8(m.replace_if_present_flag);
  out.u8(m.data_coding);
  out.u8(0);  // sm_default_msg_id
  out.u8(m.short_message.size());
  out.append(m.short_message);
  tlvs(out, m.tlvs);
}

}  // namespace

Tlv tlv(std::uint16_t tag, std::uint64_t value, unsigned width) {
  Tlv made;
  made.tag = tag;
  for (unsigned i = width; i-- > 0;) made.value.u8(value >> (8 * i));
  return made;
}

void address(Bytes& out, const Address& a) {
  out.u8(a.ton);
  out.u8(a.npi);
  out.c_string(a.value);
}

void tlvs(Bytes& out, const std::vector<Tlv>& list) {
  for (const Tlv& one : list) {
    out.u16(one.tag);
    out.u16(one.value.size());
    out.append(one.value);
  }
}

// 4.1.1
void bind(Bytes& out, std::string_view system_id, std::uint8_t interface_version) {
  out.c_string(system_id);
  out.c_string("secret");
  out.c_string("tollgate");
  out.u8(interface_version);
  out.u8(0);
  out.u8(0);
  out.c_string("");
}

// 4.2.1, 4.3.1
void short_message(Bytes& out, const Message& m) {
  out.c_string(m.service_type);
  address(out, m.source);
  address(out, m.destination);
  message_fields(out, m);
}

// 4.2.3
void multi(Bytes& out, const Message& m) {
  out.c_string(m.service_type);
  address(out, m.source);
  out.u8(1 + m.more_destinations.size() + (m.distribution_list.empty() ? 0U : 1U));
  out.u8(1);  // dest_flag: SME address
  address(out, m.destination);
  for (const Address& one : m.more_destinations) {
    out.u8(1);
    address(out, one);
  }
  if (!m.distribution_list.empty()) {
    out.u8(2);  // dest_flag: distribution list
    out.c_string(m.distribution_list);
  }
  message_fields(out, m);
}

// 4.2.2
void data(Bytes& out, const Message& m) {
  out.c_string(m.service_type);
  address(out, m.source);
  address(out, m.destination);
  out.u8(m.esm_class);
  out.u8(m.registered_delivery);
  out.u8(m.data_coding);
  tlvs(out, m.tlvs);
}

// 4.4.1
void broadcast(Bytes& out, const Message& m) {
  out.c_string(m.service_type);
  address(out, m.source);
  out.c_string("");  // message_id
  out.u8(m.priority_flag);
  out.c_string(m.schedule_delivery_time);
  out.c_string(m.validity_period);
  out.u8(m.replace_if_present_flag);
  out.u8(m.data_coding);
  out.u8(0);
  tlvs(out, m.tlvs);
}

std::string_view name(std::uint32_t command) {
  switch (command) {
    case bind_receiver: return "bind_receiver";
    case bind_receiver | response_bit: return "bind_receiver_resp";
    case bind_transmitter: return "bind_transmitter";
    case bind_transmitter | response_bit: return "bind_transmitter_resp";
    case query_sm: return "query_sm";
    case query_sm | response_bit: return "query_sm_resp";
    case submit_sm: return "submit_sm";
    case submit_sm | response_bit: return "submit_sm_resp";
    case deliver_sm: return "deliver_sm";
    case deliver_sm | response_bit: return "deliver_sm_resp";
    case unbind: return "unbind";
    case unbind | response_bit: return "unbind_resp";
    case replace_sm: return "replace_sm";
    case replace_sm | response_bit: return "replace_sm_resp";
    case cancel_sm: return "cancel_sm";
    case cancel_sm | response_bit: return "cancel_sm_resp";
    case bind_transceiver: return "bind_transceiver";
    case bind_transceiver | response_bit: return "bind_transceiver_resp";
    case outbind: return "outbind";
    case enquire_link: return "enquire_link";
    case enquire_link | response_bit: return "enquire_link_resp";
    case submit_multi: return "submit_multi";
    case submit_multi | response_bit: return "submit_multi_resp";
    case alert_notification: return "alert_notification";
    case data_sm: return "data_sm";
    case data_sm | response_bit: return "data_sm_resp";
    case broadcast_sm: return "broadcast_sm";
    case broadcast_sm | response_bit: return "broadcast_sm_resp";
    case query_broadcast_sm: return "query_broadcast_sm";
    case query_broadcast_sm | response_bit: return "query_broadcast_sm_resp";
    case cancel_broadcast_sm: return "cancel_broadcast_sm";
    case cancel_broadcast_sm | response_bit: return "cancel_broadcast_sm_resp";
    case generic_nack: return "generic_nack";
    default: return {};
  }
}

std::string_view status_name(std::uint32_t status) {
  switch (status) {
    case 0x00000001: return "ESME_RINVMSGLEN";
    case 0x00000003: return "ESME_RINVCMDID";
    case 0x00000008: return "ESME_RSYSERR";
    case 0x0000000a: return "ESME_RINVSRCADR";
    case 0x0000000b: return "ESME_RINVDSTADR";
    case 0x0000000e: return "ESME_RINVPASWD";
    case 0x00000014: return "ESME_RMSGQFUL";
    case 0x00000045: return "ESME_RSUBMITFAIL";
    case 0x00000058: return "ESME_RTHROTTLED";
    case 0x00000064: return "ESME_RX_T_APPN";
    default: return {};
  }
}

}  // namespace tollgate::traffic::smpp
