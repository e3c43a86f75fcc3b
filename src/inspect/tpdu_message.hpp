#pragma once

#include "decode/tpdu.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// An address of a TPDU: digits or text in `arena`, type, ton and npi. `number` is left to fill_number, which
/// knows the own network.
Address read_tpdu_address(const decode::TpAddress& address, Arena& arena);

/// Fills what a TPDU says of a message: the sender (TP-OA; TP-RA, as the report is about that recipient) or
/// the recipient (TP-DA), pid, dcs and the user data. Views point into the TPDU's octets or into `arena`.
void read_tpdu_message(const decode::Tpdu& tpdu, Message& message, Arena& arena, Counters& counters);

/// Decodes a TPDU into `message`. One that cannot be read is counted, and leaves the message as it is; of one
/// that is cut the message gets what is there.
void read_tpdu(Octets octets, decode::TpduDirection direction, decode::RpMessage carrier, Message& message,
               Arena& arena, Counters& counters, decode::Trace* trace);

}  // namespace tollgate::inspect
