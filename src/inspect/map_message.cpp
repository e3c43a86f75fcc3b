#include "inspect/map_message.hpp"

#include "decode/map_address.hpp"
#include "decode/tpdu.hpp"
#include "inspect/tpdu_message.hpp"

namespace tollgate::inspect {

using decode::map::RpDa;
using decode::map::RpOa;

std::int32_t told_apart(std::int32_t code, const decode::map::Context& context,
                        const decode::map::Parameter& argument) {
  constexpr std::uint8_t mo_relay = 21;
  constexpr std::uint8_t mt_relay = 25;
  if (code != operation::mo_forward_sm || context.version >= 3) return code;
  if (context.number == mt_relay) return operation::mt_forward_sm;
  if (context.number == mo_relay && context.version == 2) return operation::mo_forward_sm;
  switch (argument.sm_rp_da) {
    case RpDa::imsi:
    case RpDa::lmsi:
    case RpDa::roaming_number: return operation::mt_forward_sm;
    case RpDa::service_centre_address: return operation::mo_forward_sm;
    // One more message of a dialogue, which only an SMSC sends; a mobile says its number each time.
    case RpDa::no_sm_rp_da:
      return argument.sm_rp_oa == RpOa::msisdn ? operation::mo_forward_sm : operation::mt_forward_sm;
    case RpDa::absent: break;
  }
  return code;
}

void set_kind_by_context(const decode::map::Context& context, Message& message) {
  switch (context.number) {
    case 20:  // shortMsgGateway
    case 25:  // shortMsgMT-Relay
    case 41:  // shortMsgMT-Relay-VGCS
      message.direction = Direction::mt;
      message.kind = Kind::response;
      break;
    case 21:  // shortMsgMO-Relay; in version 1 shortMsgRelay, of both directions
      if (context.version != 1) message.direction = Direction::mo;
      message.kind = Kind::response;
      break;
    default: break;
  }
}

void set_operation(std::int32_t code, std::uint8_t version, Message& message) {
  message.operation_code = code;
  if (code == operation::mo_forward_sm) {
    message.operation = "mo-forwardSM";
    message.direction = Direction::mo;
  } else if (code == operation::mt_forward_sm) {
    message.operation = "mt-forwardSM";
    message.direction = Direction::mt;
  } else {
    message.operation = decode::map::operation_name(code, version);
    if (is_short_message(code)) message.direction = Direction::mt;
  }
  if (!is_short_message(code)) return;
  message.kind = message.component == Component::invoke ? Kind::message : Kind::response;
}

std::string_view MapReader::digits(Octets tbcd) {
  return arena_.commit(decode::map::to_digits(tbcd, arena_.room()).size());
}

Address MapReader::address(Octets address_string) {
  const auto parts = decode::map::read_address(address_string);
  Address address;
  address.present = true;
  address.type = static_cast<NumberType>(parts.nature);
  address.ton = parts.nature;
  address.npi = parts.plan;
  address.address = digits(parts.digits);
  return address;
}

void MapReader::addresses(const decode::map::Parameter& parameter, Message& message) {
  if (!parameter.imsi.empty()) message.imsi = digits(parameter.imsi);
  if (!parameter.service_centre.empty()) {
    message.service_centre = digits(decode::map::read_address(parameter.service_centre).digits);
  }
}

void MapReader::argument(const decode::map::Parameter& argument, Message& message) {
  addresses(argument, message);
  if (!argument.msisdn.empty()) {
    Address& subscriber = message.direction == Direction::mo ? message.sender : message.recipient;
    subscriber = address(argument.msisdn);
  }
  if (!argument.tpdu.empty()) tpdu(argument.tpdu, message.direction != Direction::mo, false, message);
}

void MapReader::result(const decode::map::Parameter& result, Message& message) {
  addresses(result, message);
  if (!result.msisdn.empty()) message.recipient = address(result.msisdn);
  if (!result.tpdu.empty()) tpdu(result.tpdu, message.direction == Direction::mo, false, message);
}

void MapReader::error(const decode::map::Parameter& parameter, Message& message) {
  addresses(parameter, message);
  if (!parameter.tpdu.empty()) tpdu(parameter.tpdu, message.direction == Direction::mo, true, message);
}

void MapReader::tpdu(Octets octets, bool towards_mobile, bool in_error, Message& message) {
  read_tpdu(octets, towards_mobile ? decode::TpduDirection::sc_to_ms : decode::TpduDirection::ms_to_sc,
            in_error ? decode::RpMessage::error : decode::RpMessage::data_or_ack, message, arena_, counters_,
            trace_);
}

}  // namespace tollgate::inspect
