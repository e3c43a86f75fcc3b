#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "traffic/bytes.hpp"
#include "traffic/encode_ber.hpp"

namespace tollgate::traffic::map {

/// Operation codes of TS 29.002 17.5.
enum Operation : std::int32_t {
  update_location = 2,
  cancel_location = 3,
  provide_roaming_number = 4,
  insert_subscriber_data = 7,
  send_routing_info = 22,
  update_gprs_location = 23,
  check_imei = 43,
  mt_forward_sm = 44,
  send_routing_info_for_sm = 45,
  mo_forward_sm = 46,  ///< forwardSM in versions 1 and 2
  report_sm_delivery_status = 47,
  alert_service_centre_without_result = 49,
  send_identification = 55,
  send_authentication_info = 56,
  restore_data = 57,
  process_unstructured_ss_request = 59,
  unstructured_ss_request = 60,
  inform_service_centre = 63,
  alert_service_centre = 64,
  ready_for_sm = 66,
  purge_ms = 67,
  provide_subscriber_info = 70,
  any_time_interrogation = 71,
};

/// The standard's spelling. forwardSM is named by its direction.
std::string_view name(std::int32_t operation);
/// Name of an error code (TS 29.002 17.6).
std::string_view error_name(std::int32_t error);

/// Application contexts of TS 29.002 17.3.3, by the second last arc of their object identifier.
enum Context : std::uint8_t {
  network_loc_up = 1,
  location_cancellation = 2,
  roaming_number_enquiry = 3,
  location_info_retrieval = 5,
  equipment_mngt = 13,
  info_retrieval = 14,
  inter_vlr_info_retrieval = 15,
  subscriber_data_mngt = 16,
  network_unstructured_ss = 19,
  short_msg_gateway = 20,
  short_msg_mo_relay = 21,
  short_msg_alert = 23,
  mwd_mngt = 24,
  short_msg_mt_relay = 25,
  ms_purging = 27,
  subscriber_info_enquiry = 28,
  any_time_info_enquiry = 29,
  gprs_location_update = 32,
};
std::string_view context_name(std::uint8_t context);
/// Contents of its object identifier: 0.4.0.0.1.0.context.version
Bytes context_oid(std::uint8_t context, std::uint8_t version);

/// An AddressString's type of number and numbering plan, and its digits (17.7.8).
struct Number {
  std::string digits;
  std::uint8_t ton = 1;
  std::uint8_t npi = 1;
};
Bytes address_string(const Number& number);
Bytes tbcd(std::string_view digits);

/// SM-RP-DA and SM-RP-OA by the tag of their choice.
enum class RpChoice : std::uint8_t {
  imsi = 0x80,
  lmsi = 0x81,
  msisdn = 0x82,
  service_centre = 0x84,
  none = 0x85,
};
struct RpAddress {
  RpChoice choice = RpChoice::none;
  Number number;
};

struct ForwardSm {
  RpAddress da;
  RpAddress oa;
  std::span<const std::uint8_t> ui;
  bool more_messages = false;
  std::string imsi;  ///< mo-forwardSM of version 3
};

// Each gives the encoded parameter.
Bytes forward_sm_arg(const ForwardSm& arg, LengthForm form);
Bytes forward_sm_res(std::span<const std::uint8_t> report, LengthForm form);
Bytes routing_info_for_sm_arg(const Number& msisdn, const Number& service_centre, std::uint8_t version,
                              LengthForm form);
Bytes routing_info_for_sm_res(std::string_view imsi, const Number& node, LengthForm form);
Bytes report_sm_delivery_status_arg(const Number& msisdn, const Number& service_centre, std::uint8_t version,
                                    LengthForm form);
Bytes alert_service_centre_arg(const Number& msisdn, const Number& service_centre, LengthForm form);
Bytes inform_service_centre_arg(const Number& msisdn, LengthForm form);
Bytes ready_for_sm_arg(std::string_view imsi, LengthForm form);
/// The parameter of an error, as its version has it; `report` goes into sm-DeliveryFailure.
Bytes error_parameter(std::int32_t error, std::uint8_t version, std::span<const std::uint8_t> report,
                      LengthForm form);

/// The argument of an operation that carries no short message.
Bytes signalling_arg(std::int32_t operation, std::string_view imsi, const Number& msisdn, const Number& node,
                     LengthForm form);

}  // namespace tollgate::traffic::map
