#include "decode/smpp_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace tollgate::decode::smpp {
namespace {

template <std::size_t n>
std::string_view pick(const std::array<std::string_view, n>& names, std::uint64_t index) {
  return index < n ? names[index] : std::string_view{};
}

struct Status {
  std::uint32_t value;
  std::string_view name;
};

// In the order of their values.
constexpr Status statuses[] = {
    {0x000, "ESME_ROK"},
    {0x001, "ESME_RINVMSGLEN"},
    {0x002, "ESME_RINVCMDLEN"},
    {0x003, "ESME_RINVCMDID"},
    {0x004, "ESME_RINVBNDSTS"},
    {0x005, "ESME_RALYBND"},
    {0x006, "ESME_RINVPRTFLG"},
    {0x007, "ESME_RINVREGDLVFLG"},
    {0x008, "ESME_RSYSERR"},
    {0x00A, "ESME_RINVSRCADR"},
    {0x00B, "ESME_RINVDSTADR"},
    {0x00C, "ESME_RINVMSGID"},
    {0x00D, "ESME_RBINDFAIL"},
    {0x00E, "ESME_RINVPASWD"},
    {0x00F, "ESME_RINVSYSID"},
    {0x011, "ESME_RCANCELFAIL"},
    {0x013, "ESME_RREPLACEFAIL"},
    {0x014, "ESME_RMSGQFUL"},
    {0x015, "ESME_RINVSERTYP"},
    {0x033, "ESME_RINVNUMDESTS"},
    {0x034, "ESME_RINVDLNAME"},
    {0x040, "ESME_RINVDESTFLAG"},
    {0x042, "ESME_RINVSUBREP"},
    {0x043, "ESME_RINVESMCLASS"},
    {0x044, "ESME_RCNTSUBDL"},
    {0x045, "ESME_RSUBMITFAIL"},
    {0x048, "ESME_RINVSRCTON"},
    {0x049, "ESME_RINVSRCNPI"},
    {0x050, "ESME_RINVDSTTON"},
    {0x051, "ESME_RINVDSTNPI"},
    {0x053, "ESME_RINVSYSTYP"},
    {0x054, "ESME_RINVREPFLAG"},
    {0x055, "ESME_RINVNUMMSGS"},
    {0x058, "ESME_RTHROTTLED"},
    {0x061, "ESME_RINVSCHED"},
    {0x062, "ESME_RINVEXPIRY"},
    {0x063, "ESME_RINVDFTMSGID"},
    {0x064, "ESME_RX_T_APPN"},
    {0x065, "ESME_RX_P_APPN"},
    {0x066, "ESME_RX_R_APPN"},
    {0x067, "ESME_RQUERYFAIL"},
    {0x0C0, "ESME_RINVOPTPARSTREAM"},
    {0x0C1, "ESME_ROPTPARNOTALLWD"},
    {0x0C2, "ESME_RINVPARLEN"},
    {0x0C3, "ESME_RMISSINGOPTPARAM"},
    {0x0C4, "ESME_RINVOPTPARAMVAL"},
    {0x0FE, "ESME_RDELIVERYFAILURE"},
    {0x0FF, "ESME_RUNKNOWNERR"},
    {0x100, "ESME_RSERTYPUNAUTH"},
    {0x101, "ESME_RPROHIBITED"},
    {0x102, "ESME_RSERTYPUNAVAIL"},
    {0x103, "ESME_RSERTYPDENIED"},
    {0x104, "ESME_RINVDCS"},
    {0x105, "ESME_RINVSRCADDRSUBUNIT"},
    {0x106, "ESME_RINVDSTADDRSUBUNIT"},
    {0x107, "ESME_RINVBCASTFREQINT"},
    {0x108, "ESME_RINVBCASTALIAS_NAME"},
    {0x109, "ESME_RINVBCASTAREAFMT"},
    {0x10A, "ESME_RINVNUMBCAST_AREAS"},
    {0x10B, "ESME_RINVBCASTCNTTYPE"},
    {0x10C, "ESME_RINVBCASTMSGCLASS"},
    {0x10D, "ESME_RBCASTFAIL"},
    {0x10E, "ESME_RBCASTQUERYFAIL"},
    {0x10F, "ESME_RBCASTCANCELFAIL"},
    {0x110, "ESME_RINVBCAST_REP"},
    {0x111, "ESME_RINVBCASTSRVGRP"},
    {0x112, "ESME_RINVBCASTCHANIND"},
};

}  // namespace

std::string_view name_of(CommandId id) {
  using enum CommandId;
  switch (id) {
    case generic_nack: return "generic_nack";
    case bind_receiver: return "bind_receiver";
    case bind_receiver_resp: return "bind_receiver_resp";
    case bind_transmitter: return "bind_transmitter";
    case bind_transmitter_resp: return "bind_transmitter_resp";
    case query_sm: return "query_sm";
    case query_sm_resp: return "query_sm_resp";
    case submit_sm: return "submit_sm";
    case submit_sm_resp: return "submit_sm_resp";
    case deliver_sm: return "deliver_sm";
    case deliver_sm_resp: return "deliver_sm_resp";
    case unbind: return "unbind";
    case unbind_resp: return "unbind_resp";
    case replace_sm: return "replace_sm";
    case replace_sm_resp: return "replace_sm_resp";
    case cancel_sm: return "cancel_sm";
    case cancel_sm_resp: return "cancel_sm_resp";
    case bind_transceiver: return "bind_transceiver";
    case bind_transceiver_resp: return "bind_transceiver_resp";
    case outbind: return "outbind";
    case enquire_link: return "enquire_link";
    case enquire_link_resp: return "enquire_link_resp";
    case submit_multi: return "submit_multi";
    case submit_multi_resp: return "submit_multi_resp";
    case param_retrieve: return "param_retrieve";
    case param_retrieve_resp: return "param_retrieve_resp";
    case query_last_msgs: return "query_last_msgs";
    case query_last_msgs_resp: return "query_last_msgs_resp";
    case query_msg_details: return "query_msg_details";
    case query_msg_details_resp: return "query_msg_details_resp";
    case alert_notification: return "alert_notification";
    case data_sm: return "data_sm";
    case data_sm_resp: return "data_sm_resp";
    case broadcast_sm: return "broadcast_sm";
    case broadcast_sm_resp: return "broadcast_sm_resp";
    case query_broadcast_sm: return "query_broadcast_sm";
    case query_broadcast_sm_resp: return "query_broadcast_sm_resp";
    case cancel_broadcast_sm: return "cancel_broadcast_sm";
    case cancel_broadcast_sm_resp: return "cancel_broadcast_sm_resp";
  }
  return {};
}

std::string_view status_name(std::uint64_t command_status) {
  const auto* found = std::lower_bound(std::begin(statuses), std::end(statuses), command_status,
                                       [](const Status& s, std::uint64_t value) { return s.value < value; });
  if (found != std::end(statuses) && found->value == command_status) return found->name;
  return {};
}

std::string_view ton_name(std::uint64_t ton) {
  static constexpr std::array<std::string_view, 7> names{
      "Unknown",           "International", "National",   "Network Specific",
      "Subscriber Number", "Alphanumeric",  "Abbreviated"};
  return pick(names, ton);
}

std::string_view npi_name(std::uint64_t npi) {
  switch (npi) {
    case 0: return "Unknown";
    case 1: return "ISDN (E163/E164)";
    case 3: return "Data (X.121)";
    case 4: return "Telex (F.69)";
    case 6: return "Land Mobile (E.212)";
    case 8: return "National";
    case 9: return "Private";
    case 10: return "ERMES";
    case 14: return "Internet (IP)";
    case 18: return "WAP Client Id";
    default: return {};
  }
}

std::string_view interface_version_name(std::uint64_t version) {
  if (version <= 0x33) return "SMPP 3.3 or earlier";
  if (version == 0x34) return "SMPP 3.4";
  if (version == 0x50) return "SMPP 5.0";
  return {};
}

std::string_view messaging_mode_name(std::uint64_t esm_class) {
  static constexpr std::array<std::string_view, 4> names{
      "Default SMSC Mode", "Datagram mode", "Forward (Transaction) mode", "Store and Forward mode"};
  return names[esm_class & 3U];
}

std::string_view message_type_name(std::uint64_t esm_class) {
  switch (esm_class >> 2U & 15U) {
    case 0: return "Default message Type";
    case 1: return "SMSC Delivery Receipt";
    case 2: return "Delivery Acknowledgement";
    case 4: return "Manual/User Acknowledgement";
    case 6: return "Conversation Abort";
    case 8: return "Intermediate Delivery Notification";
    default: return {};
  }
}

std::string_view gsm_features_name(std::uint64_t esm_class) {
  static constexpr std::array<std::string_view, 4> names{"No specific features selected", "UDHI Indicator",
                                                         "Reply Path", "UDHI and Reply Path"};
  return names[esm_class >> 6U];
}

std::string_view receipt_name(std::uint64_t registered_delivery) {
  static constexpr std::array<std::string_view, 4> names{"No SMSC Delivery Receipt requested",
                                                         "on delivery success or failure",
                                                         "on delivery failure", "on delivery success"};
  return names[registered_delivery & 3U];
}

std::string_view sme_ack_name(std::uint64_t registered_delivery) {
  static constexpr std::array<std::string_view, 4> names{
      "No recipient SME acknowledgement requested", "SME Delivery Acknowledgement requested",
      "SME Manual/User Acknowledgement requested", "Both Delivery and Manual/User Acknowledgement requested"};
  return names[registered_delivery >> 2U & 3U];
}

std::string_view intermediate_name(std::uint64_t registered_delivery) {
  return (registered_delivery >> 4U & 1U) != 0 ? "Intermediate notification requested"
                                               : "No Intermediate notification requested";
}

std::string_view data_coding_name(std::uint64_t data_coding) {
  static constexpr std::array<std::string_view, 15> names{"SMSC Default Alphabet",
                                                          "IA5 (CCITT T.50)/ASCII (ANSI X3.4)",
                                                          "Octet unspecified (8-bit binary)",
                                                          "Latin 1 (ISO-8859-1)",
                                                          "Octet unspecified (8-bit binary)",
                                                          "JIS (X 0208-1990)",
                                                          "Cyrillic (ISO-8859-5)",
                                                          "Latin/Hebrew (ISO-8859-8)",
                                                          "UCS2 (ISO/IEC-10646)",
                                                          "Pictogram Encoding",
                                                          "ISO-2022-JP (Music Codes)",
                                                          "",
                                                          "",
                                                          "Extended Kanji JIS (X 0212-1990)",
                                                          "KS C 5601"};
  if (data_coding >= 0xF0) return "GSM message class control";
  if (data_coding >= 0xC0 && data_coding < 0xE0) return "GSM MWI control";
  if (data_coding >= 0xE0) return "GSM MWI control, UCS2";
  return pick(names, data_coding);
}

std::string_view message_state_name(std::uint64_t message_state) {
  static constexpr std::array<std::string_view, 10> names{
      "SCHEDULED",     "ENROUTE",  "DELIVERED", "EXPIRED",  "DELETED",
      "UNDELIVERABLE", "ACCEPTED", "UNKNOWN",   "REJECTED", "SKIPPED"};
  return pick(names, message_state);
}

std::string_view priority_name(std::uint64_t priority_flag) {
  static constexpr std::array<std::string_view, 4> names{"non-priority", "priority", "priority", "priority"};
  return pick(names, priority_flag);
}

std::string_view replace_if_present_name(std::uint64_t flag) {
  static constexpr std::array<std::string_view, 2> names{"Don't replace", "Replace"};
  return pick(names, flag);
}

std::string_view dest_flag_name(std::uint64_t dest_flag) {
  static constexpr std::array<std::string_view, 3> names{"", "SME Address", "Distribution List Name"};
  return pick(names, dest_flag);
}

}  // namespace tollgate::decode::smpp
