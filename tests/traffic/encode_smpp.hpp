#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/bytes.hpp"

namespace tollgate::traffic::smpp {

// Command identifiers (SMPP 5.0 4.7.5); a response has the top bit set.
enum Command : std::uint32_t {
  bind_receiver = 0x01,
  bind_transmitter = 0x02,
  query_sm = 0x03,
  submit_sm = 0x04,
  deliver_sm = 0x05,
  unbind = 0x06,
  replace_sm = 0x07,
  cancel_sm = 0x08,
  bind_transceiver = 0x09,
  outbind = 0x0b,
  enquire_link = 0x15,
  submit_multi = 0x21,
  alert_notification = 0x102,
  data_sm = 0x103,
  broadcast_sm = 0x111,
  query_broadcast_sm = 0x112,
  cancel_broadcast_sm = 0x113,
  generic_nack = 0x80000000,
};
constexpr std::uint32_t response_bit = 0x80000000;

std::string_view name(std::uint32_t command);
std::string_view status_name(std::uint32_t status);

// Optional parameters that the scenarios give meaning to (4.8.1).
constexpr std::uint16_t tag_source_port = 0x020a;
constexpr std::uint16_t tag_destination_port = 0x020b;
constexpr std::uint16_t tag_sar_msg_ref_num = 0x020c;
constexpr std::uint16_t tag_sar_total_segments = 0x020e;
constexpr std::uint16_t tag_sar_segment_seqnum = 0x020f;
constexpr std::uint16_t tag_sc_interface_version = 0x0210;
constexpr std::uint16_t tag_message_payload = 0x0424;

struct Tlv {
  std::uint16_t tag = 0;
  Bytes value;
};
Tlv tlv(std::uint16_t tag, std::uint64_t value, unsigned width);

struct Address {
  std::string value;
  std::uint8_t ton = 1;
  std::uint8_t npi = 1;
};

/// The mandatory fields of submit_sm, deliver_sm and submit_multi (4.2.1).
struct Message {
  std::string service_type;
  Address source;
  Address destination;
  std::vector<Address> more_destinations;  ///< submit_multi
  std::string distribution_list;           ///< submit_multi; empty for none
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority_flag = 0;
  std::string schedule_delivery_time;
  std::string validity_period;
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace_if_present_flag = 0;
  std::uint8_t data_coding = 0;
  Bytes short_message;
  std::vector<Tlv> tlvs;
};

/// A PDU: the header, then what `body` appends.
template <class Body>
void pdu(Bytes& out, std::uint32_t command, std::uint32_t status, std::uint32_t sequence, Body&& body) {
  const std::size_t start = out.size();
  out.reserve(start + 320);
  out.u32(0);
  out.u32(command);
  out.u32(status);
  out.u32(sequence);
  body(out);
  out.set_u32(start, out.size() - start);
}

void address(Bytes& out, const Address& address);
void tlvs(Bytes& out, const std::vector<Tlv>& list);
void bind(Bytes& out, std::string_view system_id, std::uint8_t interface_version);
void short_message(Bytes& out, const Message& message);
void multi(Bytes& out, const Message& message);
void data(Bytes& out, const Message& message);
void broadcast(Bytes& out, const Message& message);

}  // namespace tollgate::traffic::smpp
