#include "inspect/map_message.hpp"

#include "decode/map_address.hpp"
#include "inspect/tpdu_message.hpp"

namespace tollgate::inspect {

using decode::map::RpDa;
using decode::map::RpOa;

namespace {

/// The direction of the request that a report answers (TS 23.040 9.2.3.1): of an SMS-DELIVER or SMS-SUBMIT.
Direction direction_of_report(Octets tpdu) {
  if (tpdu.empty()) return Direction::unknown;
  switch (std::to_integer<unsigned>(tpdu.front()) & 3U) {
    case 0: return Direction::mt;
    case 1: return Direction::mo;
    default: return Direction::unknown;
  }
}

/// An element of no octets is there too: a TPDU that is cut.
bool is_there(Octets tpdu) { return tpdu.data() != nullptr; }

}  // namespace

std::int32_t told_apart(std::int32_t code, const decode::map::Context& context,
                        const decode::map::Parameter& parameter) {
  constexpr std::uint8_t mo_relay = 21;
  constexpr std::uint8_t mt_relay = 25;
  if (code != operation::mo_forward_sm || context.version >= 3) return code;
  if (context.number == mt_relay) return operation::mt_forward_sm;
  if (context.number == mo_relay && context.version == 2) return operation::mo_forward_sm;
  switch (parameter.sm_rp_da) {
    case RpDa::imsi:
    case RpDa::lmsi:
    case RpDa::roaming_number: return operation::mt_forward_sm;
    case RpDa::service_centre_address: return operation::mo_forward_sm;
    // One more message of a dialogue, which only an SMSC sends; a mobile says its number each time.
    case RpDa::no_sm_rp_da:
      return parameter.sm_rp_oa == RpOa::msisdn ? operation::mo_forward_sm : operation::mt_forward_sm;
    case RpDa::absent: break;
  }
  switch (direction_of_report(parameter.tpdu)) {
    case Direction::mo: return operation::mo_forward_sm;
    case Direction::mt: return operation::mt_forward_sm;
    case Direction::unknown: break;
  }
  return operation::forward_sm;
}

void set_kind_by_error(std::int32_t code, const decode::map::Parameter& parameter, Message& message) {
  constexpr std::int32_t subscriber_busy_for_mt_sms = 31;
  constexpr std::int32_t sm_delivery_failure = 32;
  if (code != subscriber_busy_for_mt_sms && code != sm_delivery_failure) return;
  message.kind = Kind::response;
  if (message.direction != Direction::unknown) return;
  message.direction =
      code == subscriber_busy_for_mt_sms ? Direction::mt : direction_of_report(parameter.tpdu);
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
  if (code == operation::global) return;
  message.operation_code = code;
  if (code == operation::forward_sm) {
    message.operation = "forwardSM";
    message.operation_code = operation::mo_forward_sm;
  } else if (code == operation::mo_forward_sm) {
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

std::string_view MapReader::node(Octets address_string) {
  return digits(decode::map::read_address(address_string).digits);
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
  if (!parameter.service_centre.empty()) message.service_centre = node(parameter.service_centre);
  if (!parameter.network_node.empty()) message.map.network_node = node(parameter.network_node);
  if (!parameter.additional_node.empty()) message.map.additional_node = node(parameter.additional_node);
  if (!parameter.other_address.empty()) message.map.other_address = node(parameter.other_address);
}

void MapReader::argument(const decode::map::Parameter& argument, Message& message) {
  addresses(argument, message);
  if (!argument.msisdn.empty()) {
    Address& subscriber = message.direction == Direction::mo ? message.sender : message.recipient;
    subscriber = address(argument.msisdn);
  }
  if (is_there(argument.tpdu))
    tpdu(argument.tpdu, message.direction != Direction::mo, decode::RpMessage::data, message);
}

void MapReader::result(const decode::map::Parameter& result, Message& message) {
  addresses(result, message);
  if (!result.msisdn.empty()) message.recipient = address(result.msisdn);
  if (is_there(result.tpdu))
    tpdu(result.tpdu, message.direction == Direction::mo, decode::RpMessage::ack, message);
}

void MapReader::error(const decode::map::Parameter& parameter, Message& message) {
  addresses(parameter, message);
  if (is_there(parameter.tpdu))
    tpdu(parameter.tpdu, message.direction == Direction::mo, decode::RpMessage::error, message);
}

void MapReader::tpdu(Octets octets, bool towards_mobile, decode::RpMessage carrier, Message& message) {
  const auto direction = towards_mobile ? decode::TpduDirection::sc_to_ms : decode::TpduDirection::ms_to_sc;
  read_tpdu(octets, direction, carrier, message, arena_, counters_, trace_);
}

}  // namespace tollgate::inspect
