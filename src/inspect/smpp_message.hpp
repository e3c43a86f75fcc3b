#pragma once

#include "decode/smpp.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// Whether a PDU carries a message, or answers one that may.
Kind kind_of(decode::smpp::CommandId id);

/// An address of a PDU. `number` is set where the type of number or a leading '+' makes the digits E.164.
Address read_smpp_address(const decode::smpp::Address& address, Arena& arena);

/// Fills what a PDU says of itself, whatever carried it: kind, component, operation, error, smpp (but
/// system_id and version), sender, recipient, pid, dcs, coding, class, header, ports, parts, text or data.
/// Views point into the PDU or into `arena`.
///
/// - Text is short_message; where that is empty, message_payload. With both, short_message counts: SMPP 3.4
///   5.3.2.32 forbids it, and the octets of the other stay in smpp.tlvs.
/// - data_coding 0 is the GSM 7 bit default alphabet, one septet an octet. The values that SMPP reserves
/// above
///   15 are read as TS 23.038 has them, since message centres pass them on.
/// - sar_* and the port parameters count where no user data header says otherwise.
/// - replace_sm does not say its data_coding: its octets are in `data`.
/// - `trace` is told of header and text, which `decode` leaves as octets.
void read_smpp_message(const decode::smpp::Pdu& pdu, Message& message, Arena& arena, Counters& counters,
                       decode::Trace* trace = nullptr);

/// A field in which the standard has ASCII, as UTF-8: what is not ASCII is read as ISO-8859-1.
std::string_view as_utf8(std::string_view text, Arena& arena);

}  // namespace tollgate::inspect
