#include "inspect/tpdu_message.hpp"

#include "inspect/user_data.hpp"

namespace tollgate::inspect {
namespace {

/// All fields, one beside the other.
std::uint64_t comparable(const decode::TpTime& time) {
  std::uint64_t whole = time.valid ? 1 : 0;
  for (const std::uint8_t field : {time.year, time.month, time.day, time.hour, time.minute, time.second})
    whole = whole << 7U | field;
  return whole << 16U | static_cast<std::uint16_t>(time.zone_minutes);
}

}  // namespace

Address read_tpdu_address(const decode::TpAddress& address, Arena& arena) {
  Address read;
  read.present = true;
  read.ton = address.type_of_number;
  read.npi = address.numbering_plan;
  read.type = static_cast<NumberType>(address.type_of_number);
  read.address = arena.commit(decode::address_to_text(address, arena.room()));
  return read;
}

void read_tpdu_message(const decode::Tpdu& tpdu, Message& message, Arena& arena, Counters& counters) {
  using decode::TpduType;
  message.tpdu = {.type = decode::to_string(tpdu.type),
                  .message_reference = tpdu.message_reference,
                  .status = tpdu.status,
                  .failure_cause = tpdu.failure_cause,
                  .command_type = tpdu.command_type,
                  .service_centre_time = comparable(tpdu.service_centre_time_stamp)};
  if (tpdu.address) {
    const bool to_recipient = tpdu.type == TpduType::submit || tpdu.type == TpduType::command;
    (to_recipient ? message.recipient : message.sender) = read_tpdu_address(*tpdu.address, arena);
  }
  message.pid = tpdu.protocol_identifier;
  message.dcs = tpdu.data_coding_scheme;
  if (!tpdu.user_data_length) return;
  read_user_data({.dcs = tpdu.data_coding_scheme.value_or(0),
                  .has_header = tpdu.user_data_header,
                  .length = *tpdu.user_data_length,
                  .octets = tpdu.user_data,
                  .packed = true},
                 message, arena, counters);
  message.dcs = tpdu.data_coding_scheme;  // TP-DCS may be absent from a report
}

void read_tpdu(Octets octets, decode::TpduDirection direction, decode::RpMessage carrier, Message& message,
               Arena& arena, Counters& counters, decode::Trace* trace) {
  const auto tpdu = decode::decode_tpdu(octets, direction, carrier, trace);
  if (!tpdu) return counters.add(tpdu.error());
  if (tpdu->cut) counters.add(*tpdu->cut);
  if (tpdu->trailing != 0) counters.add(decode::Layer::tpdu, decode::Reason::trailing_octets);
  read_tpdu_message(*tpdu, message, arena, counters);
}

}  // namespace tollgate::inspect
