#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "decode/dcs.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode {

/// The way a TPDU travels, which its TP-MTI must be read with (TS 23.040 9.2.3.1).
enum class TpduDirection : std::uint8_t { sc_to_ms, ms_to_sc };

/// What carries a TPDU (TS 23.040 9.2.3.1, TS 24.011 8.2.5). Reports are carried in an RP-ACK (in MAP: a
/// returned result) or, with a TP-FCS, in an RP-ERROR (a returned error), the other TPDUs in RP-DATA (an
/// invoke).
enum class RpMessage : std::uint8_t {
  data_or_ack,  ///< which of the two is not known
  data,
  ack,
  error,
};

enum class TpduType : std::uint8_t { deliver, deliver_report, submit, submit_report, status_report, command };
std::string_view to_string(TpduType type);  ///< `SMS-DELIVER`

/// An Address field (9.1.2.5).
struct TpAddress {
  std::uint8_t length = 0;          ///< useful semi-octets of `value`
  std::uint8_t type_of_number = 0;  ///< 0..7; 5: alphanumeric
  std::uint8_t numbering_plan = 0;  ///< 0..15
  Octets value;                     ///< (length + 1) / 2 octets

  bool alphanumeric() const { return type_of_number == 5; }
};

/// Room that `address_to_text` needs at most: 145 packed septets of three octets each.
inline constexpr std::size_t address_text_bound = 146 * 3;

/// The digits (0-9 * # a b c), or the text of an alphanumeric address as UTF-8, into `out`; gives the length.
/// A semi-octet 1111 inside the digits ends them.
std::size_t address_to_text(const TpAddress& address, std::span<char> out);

/// TP-SCTS, TP-DT, absolute TP-VP (9.2.3.11): local time of the given zone, two digits a field as sent.
struct TpTime {
  std::uint8_t year = 0;  ///< 0..99, of the century
  std::uint8_t month = 0;
  std::uint8_t day = 0;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  std::int16_t zone_minutes = 0;  ///< local time minus GMT
  bool valid = false;             ///< all semi-octets are digits and all fields in their range
};

/// TP-VP (9.2.3.12).
struct ValidityPeriod {
  enum class Format : std::uint8_t { none, relative, enhanced, absolute };
  Format format = Format::none;
  bool single_shot = false;              ///< enhanced: the SC tries once
  std::optional<std::uint32_t> seconds;  ///< relative and enhanced, where a period is given
  TpTime until;                          ///< absolute
};

/// A TPDU. Which members mean something depends on `type`; an `optional` is set where the field is there.
struct Tpdu {
  TpduType type = TpduType::deliver;
  std::uint8_t message_type_indicator = 0;  ///< TP-MTI, 0..3
  bool more_messages_to_send = false;       ///< TP-MMS bit is 0: more messages wait in this SC
  bool loop_prevention = false;             ///< TP-LP
  bool reply_path = false;                  ///< TP-RP
  bool user_data_header = false;            ///< TP-UDHI
  bool status_report_indication = false;    ///< TP-SRI
  bool status_report_request = false;       ///< TP-SRR
  bool status_report_qualifier = false;     ///< TP-SRQ: the report is of an SMS-COMMAND
  bool reject_duplicates = false;           ///< TP-RD

  std::optional<std::uint8_t> message_reference;    ///< TP-MR
  std::optional<TpAddress> address;                 ///< TP-OA, TP-DA or TP-RA
  std::optional<std::uint8_t> protocol_identifier;  ///< TP-PID
  std::optional<std::uint8_t> data_coding_scheme;   ///< TP-DCS
  std::optional<std::uint8_t> failure_cause;        ///< TP-FCS
  std::optional<std::uint8_t> status;               ///< TP-ST
  std::optional<std::uint8_t> command_type;         ///< TP-CT
  std::optional<std::uint8_t> message_number;       ///< TP-MN
  std::optional<std::uint8_t> parameter_indicator;  ///< TP-PI, its first octet

  TpTime service_centre_time_stamp;  ///< TP-SCTS
  TpTime discharge_time;             ///< TP-DT
  ValidityPeriod validity_period;    ///< TP-VP

  std::optional<std::uint8_t> user_data_length;  ///< TP-UDL: septets or octets, as TP-DCS has it
  Octets user_data;     ///< TP-UD with its header: the octets that TP-UDL counts, rounded up
  Octets command_data;  ///< TP-CD

  /// The TPDU ends inside a field. The fields before are given, and of TP-UD what is there: then
  /// `user_data_length` counts that.
  std::optional<Error> cut;
  /// Octets after its end (9.2.3.16: TP-UDL says where the user data end): to be counted.
  std::uint32_t trailing = 0;
};

/// Reads a TPDU.
/// Errors, layer tpdu: truncated, where there is no octet; unknown_type (TP-MTI 3 from MS to SC, which is
/// reserved); bad_value (a TP-MTI that `carrier` does not carry: a report in RP-DATA, another in an RP-ACK).
/// TP-MTI 3 from SC to MS is read as SMS-DELIVER, as 9.2.3.1 has the MS do.
Result<Tpdu> decode_tpdu(Octets tpdu, TpduDirection direction, RpMessage carrier = RpMessage::data_or_ack,
                         Trace* trace = nullptr);

}  // namespace tollgate::decode
