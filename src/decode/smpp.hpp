#pragma once

#include <cstdint>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/smpp_names.hpp"
#include "decode/smpp_tlv.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode::smpp {

/// Type of number, numbering plan and address: `source_addr_ton`, `source_addr_npi`, `source_addr`.
struct Address {
  std::uint8_t ton = 0;
  std::uint8_t npi = 0;
  std::string_view addr;
};

/// A PDU of SMPP 3.3, 3.4 or 5.0. One flat structure for all types, fields named as in the standard; a
/// field that the type of PDU does not have is zero or empty. Views point into the decoded octets, strings
/// are without their NUL and hold any octets but NUL.
struct Pdu {
  std::uint32_t command_length = 0;
  CommandId command_id{};
  std::uint32_t command_status = 0;
  std::uint32_t sequence_number = 0;

  // submit_sm, deliver_sm, data_sm, submit_multi, replace_sm, cancel_sm, query_sm, broadcast_sm ...
  std::string_view service_type;
  Address source;       ///< also the bind's addr_ton, addr_npi, address_range
  Address destination;  ///< the first of a submit_multi's; also alert_notification's esme_addr
  std::string_view message_id;
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority_flag = 0;
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace_if_present_flag = 0;
  std::uint8_t data_coding = 0;
  std::uint8_t sm_default_msg_id = 0;
  std::string_view schedule_delivery_time;
  std::string_view validity_period;
  Octets short_message;

  // binds and outbind
  std::uint8_t interface_version = 0;
  std::string_view system_id;
  std::string_view password;
  std::string_view system_type;

  // results of queries
  std::uint8_t message_state = 0;
  std::uint8_t error_code = 0;
  std::string_view final_date;

  /// A list and the number of its elements: dest_address (submit_multi, query_msg_details_resp; read it
  /// with Destinations), unsuccess_sme (submit_multi_resp; UnsuccessSmes), message_ids, each with its NUL
  /// (query_last_msgs_resp).
  Octets list;
  std::uint8_t list_count = 0;

  /// SMPP 3.3 param_retrieve: param_name; its response: param_value.
  std::string_view param;

  /// What follows the mandatory fields. Not yet walked: TlvWalk finds its faults. SMPP 3.3 has none, but
  /// receivers of later versions read them whatever the bind said, so they are never ignored.
  Octets tlvs;

  /// The PDU is a response and ends in the place of the NUL of its message_id or system_id.
  bool unterminated = false;

  bool is_response() const { return smpp::is_response(command_id); }
  bool is_bind() const {
    return command_id == CommandId::bind_receiver || command_id == CommandId::bind_transmitter ||
           command_id == CommandId::bind_transceiver;
  }
};

/// Reads one PDU, from the first octet of command_length to the last octet of the optional parameters.
/// Errors: `truncated` (a field ends after the PDU), `bad_length` (a string longer than its maximum, an
/// sm_length or a command_length that contradicts the PDU's end), `unknown_type` (command_id), `bad_value`
/// (dest_flag). A response may end after its header, as it does when command_status is not zero, and in the
/// place of the NUL of its message_id or system_id.
Result<Pdu> decode(Octets pdu, Trace* trace = nullptr);

/// One element of a dest_address list.
struct Destination {
  Address address;             ///< dest_flag 1
  std::string_view list_name;  ///< dest_flag 2: the name of a distribution list
  bool is_list = false;        ///< dest_flag 2
};

/// Walks over `Pdu::list` of a submit_multi that `decode` accepted.
class Destinations {
 public:
  explicit Destinations(Octets list) : rest_(list) {}
  /// False at the end.
  bool next(Destination& destination);

 private:
  Octets rest_;
};

/// One element of an unsuccess_sme list.
struct UnsuccessSme {
  Address address;
  std::uint32_t error_status_code = 0;
};

/// Walks over `Pdu::list` of a submit_multi_resp that `decode` accepted.
class UnsuccessSmes {
 public:
  explicit UnsuccessSmes(Octets list) : rest_(list) {}
  /// False at the end.
  bool next(UnsuccessSme& element);

 private:
  Octets rest_;
};

}  // namespace tollgate::decode::smpp
