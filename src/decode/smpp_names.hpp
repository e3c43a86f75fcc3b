#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate::decode::smpp {

/// command_id (SMPP 3.4 5.1.2.1, SMPP 5.0 4.7.5, SMPP 3.3 5.1). A response has bit 31 set.
enum class CommandId : std::uint32_t {
  generic_nack = 0x80000000,
  bind_receiver = 0x00000001,
  bind_receiver_resp = 0x80000001,
  bind_transmitter = 0x00000002,
  bind_transmitter_resp = 0x80000002,
  query_sm = 0x00000003,
  query_sm_resp = 0x80000003,
  submit_sm = 0x00000004,
  submit_sm_resp = 0x80000004,
  deliver_sm = 0x00000005,
  deliver_sm_resp = 0x80000005,
  unbind = 0x00000006,
  unbind_resp = 0x80000006,
  replace_sm = 0x00000007,
  replace_sm_resp = 0x80000007,
  cancel_sm = 0x00000008,
  cancel_sm_resp = 0x80000008,
  bind_transceiver = 0x00000009,
  bind_transceiver_resp = 0x80000009,
  outbind = 0x0000000B,
  enquire_link = 0x00000015,
  enquire_link_resp = 0x80000015,
  submit_multi = 0x00000021,
  submit_multi_resp = 0x80000021,
  param_retrieve = 0x00000022,  ///< SMPP 3.3 only, as are the next two
  param_retrieve_resp = 0x80000022,
  query_last_msgs = 0x00000023,
  query_last_msgs_resp = 0x80000023,
  query_msg_details = 0x00000024,
  query_msg_details_resp = 0x80000024,
  alert_notification = 0x00000102,
  data_sm = 0x00000103,
  data_sm_resp = 0x80000103,
  broadcast_sm = 0x00000111,  ///< SMPP 5.0 only, as are the next two
  broadcast_sm_resp = 0x80000111,
  query_broadcast_sm = 0x00000112,
  query_broadcast_sm_resp = 0x80000112,
  cancel_broadcast_sm = 0x00000113,
  cancel_broadcast_sm_resp = 0x80000113,
};

inline constexpr std::uint32_t response_bit = 0x80000000;

inline bool is_response(CommandId id) { return (static_cast<std::uint32_t>(id) & response_bit) != 0; }

// Names of values, in the standard's spelling; empty for a value that no version of SMPP defines. All are
// static storage.

std::string_view name_of(CommandId id);

/// command_status (SMPP 3.4 5.1.3, SMPP 5.0 4.7.6): `ESME_RTHROTTLED`. Where 3.4 and 5.0 spell the same
/// value differently (0xC0 to 0xC4), the spelling is that of 3.4.
std::string_view status_name(std::uint64_t command_status);

std::string_view ton_name(std::uint64_t ton);                           ///< 3.4 5.2.5
std::string_view npi_name(std::uint64_t npi);                           ///< 3.4 5.2.6
std::string_view interface_version_name(std::uint64_t version);         ///< 3.4 5.2.4
std::string_view messaging_mode_name(std::uint64_t esm_class);          ///< 3.4 5.2.12, bits 1-0
std::string_view message_type_name(std::uint64_t esm_class);            ///< 3.4 5.2.12, bits 5-2
std::string_view gsm_features_name(std::uint64_t esm_class);            ///< 3.4 5.2.12, bits 7-6
std::string_view receipt_name(std::uint64_t registered_delivery);       ///< 3.4 5.2.17, bits 1-0
std::string_view sme_ack_name(std::uint64_t registered_delivery);       ///< 3.4 5.2.17, bits 3-2
std::string_view intermediate_name(std::uint64_t registered_delivery);  ///< 3.4 5.2.17, bit 4
std::string_view data_coding_name(std::uint64_t data_coding);           ///< 3.4 5.2.19
std::string_view message_state_name(std::uint64_t message_state);       ///< 3.4 5.2.28, 5.0 4.7.15
std::string_view priority_name(std::uint64_t priority_flag);            ///< 3.4 5.2.14, GSM's reading
std::string_view replace_if_present_name(std::uint64_t flag);           ///< 3.4 5.2.18
std::string_view dest_flag_name(std::uint64_t dest_flag);               ///< 3.4 5.2.25

}  // namespace tollgate::decode::smpp
