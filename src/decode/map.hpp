#pragma once

#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

// Arguments, results and error parameters of MAP operations, TS 29.002 17.6 and 17.7, versions 1 to 3. A
// parameter is one element; what it may be is written down in map_schema.hpp, in the standard's words.
//
//     mt-forwardSM    30 { 80 imsi | 81 lmsi            84 serviceCentreAddressOA   04 sm-RP-UI  05 ... }
//     mo-forwardSM    30 { 84 serviceCentreAddressDA    82 msisdn                   04 sm-RP-UI  04 imsi }
//     sendRoutingInfoForSM   30 { 80 msisdn  81 sm-RP-PRI  82 serviceCentreAddress ... }
//       its result           30 { 04 imsi  A0 { 81 networkNode-Number  04 lmsi ... } ... }
namespace tollgate::decode::map {

/// Which alternative of SM-RP-DA was given: the values are the tags of TS 29.002 17.7.6 (and of version 1).
enum class RpDa : std::uint8_t {
  imsi = 0,
  lmsi = 1,
  roaming_number = 3,
  service_centre_address = 4,
  no_sm_rp_da = 5,
  absent = 255,
};

/// Which alternative of SM-RP-OA was given.
enum class RpOa : std::uint8_t { msisdn = 2, service_centre_address = 4, no_sm_rp_oa = 5, absent = 255 };

/// What any operation's argument or result, or an error's parameter, holds that Tollgate judges by. All views
/// are contents and point into the input; what is absent is empty.
struct Parameter {
  Octets imsi;             ///< TBCD-STRING, for to_digits
  Octets msisdn;           ///< AddressString, for read_address; also storedMSISDN
  Octets service_centre;   ///< AddressString
  Octets lmsi;             ///< four octets that are no digits
  Octets tpdu;             ///< sm-RP-UI, or diagnosticInfo of sm-DeliveryFailure: an SMS TPDU, TS 23.040
  Octets sm_rp_smea;       ///< of sendRoutingInfoForSM: TP-OA as TS 23.040 9.1.2.5 writes it
  Octets network_node;     ///< AddressString of the MSC, VLR, SGSN that serves the subscriber
  Octets additional_node;  ///< AddressString of the second that does: a VLR beside its MSC, additional-Number
  Octets other_address;    ///< AddressString of another node: GMSC, gsmSCF, HLR, MLC ...
  RpDa sm_rp_da = RpDa::absent;
  RpOa sm_rp_oa = RpOa::absent;
  bool more_messages_to_send = false;
  std::optional<std::int32_t> sm_delivery_outcome;  ///< 0 memoryCapacityExceeded .. 2 successfulTransfer
  std::optional<std::int32_t> absent_subscriber_diagnostic;  ///< TS 23.040 3.3.2
  std::optional<std::int32_t> alert_reason;                  ///< 0 ms-Present, 1 memoryAvailable
  std::optional<std::int32_t> cause;  ///< of an error: its cause, diagnostic or network resource
};

/// The argument of the operation with local code `operation`, from the parameter of an Invoke (the element
/// as it stands; empty where the component has none). An operation that is not known, or of which nothing
/// is read, gives an empty Parameter. Errors: Layer::map. Elements that are not known are passed over.
Result<Parameter> decode_argument(std::int32_t operation, Octets parameter, Trace* trace = nullptr);

/// The same for a ReturnResult.
Result<Parameter> decode_result(std::int32_t operation, Octets parameter, Trace* trace = nullptr);

/// The same for a ReturnError with local code `error`.
Result<Parameter> decode_error(std::int32_t error, Octets parameter, Trace* trace = nullptr);

}  // namespace tollgate::decode::map
