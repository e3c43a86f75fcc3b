#include "decode/map_schema.hpp"

// Parameters of errors, TS 29.002 17.7.7. Where version 3 has a SEQUENCE and an earlier version a bare value,
// both are alternatives. Errors whose parameter holds nothing but an extensionContainer are not listed.
//
//     sm-DeliveryFailure    30 { 0A sm-EnumeratedDeliveryFailureCause  04 diagnosticInfo ... } | 0A cause
//     absentSubscriberSM    30 { 02 absentSubscriberDiagnosticSM ... }
//     systemFailure         0A networkResource | 30 { 0A networkResource ... }
namespace tollgate::decode::map::schema {

namespace {

using ber::context;

constexpr std::string_view delivery_failure_causes[] = {
    "memoryCapacityExceeded", "equipmentProtocolError", "equipmentNotSM-Equipped",   "unknownServiceCentre",
    "sc-Congestion",          "invalidSME-Address",     "subscriberNotSC-Subscriber"};
constexpr std::string_view call_barring_causes[] = {"barringServiceActive", "operatorBarring"};
constexpr std::string_view absent_subscriber_reasons[] = {"imsiDetach", "restrictedArea", "noPageResponse",
                                                          "purgedMS",   "mtRoamingRetry", "busySubscriber"};
constexpr std::string_view unknown_subscriber_diagnostics[] = {"imsiUnknown", "gprs-eps-SubscriptionUnknown",
                                                               "npdbMismatch"};
constexpr std::string_view roaming_not_allowed_causes[] = {"plmnRoamingNotAllowed", "", "",
                                                           "operatorDeterminedBarring"};
constexpr std::string_view cug_reject_causes[] = {"incomingCallsBarredWithinCUG",
                                                  "subscriberNotMemberOfCUG",
                                                  "",
                                                  "",
                                                  "",
                                                  "requestedBasicServiceViolatesCUG-Constraints",
                                                  "",
                                                  "calledPartySS-InteractionViolation"};
constexpr std::string_view password_failure_causes[] = {"undetermined", "invalidFormat",
                                                        "newPasswordsMismatch"};
constexpr std::string_view additional_network_resources[] = {"sgsn", "ggsn", "gmlc", "gsmSCF",
                                                             "nplr", "auc",  "ue",   "mme"};
constexpr std::string_view failure_causes[] = {"limitReachedOnNumberOfConcurrentLocationRequests"};
constexpr std::string_view lcs_client_diagnostics[] = {"noAdditionalInformation",
                                                       "clientNotInMSPrivacyExceptionList",
                                                       "callToClientNotSetup",
                                                       "privacyOverrideNotApplicable",
                                                       "disallowedByLocalRegulatoryRequirements",
                                                       "unauthorizedPrivacyClass",
                                                       "unauthorizedCallSessionUnrelatedExternalClient",
                                                       "unauthorizedCallSessionRelatedExternalClient"};
constexpr std::string_view position_method_diagnostics[] = {"congestion",
                                                            "insufficientResources",
                                                            "insufficientMeasurementData",
                                                            "inconsistentMeasurementData",
                                                            "locationProcedureNotCompleted",
                                                            "locationProcedureNotSupportedByTargetMS",
                                                            "qoSNotAttainable",
                                                            "positionMethodNotAvailableInNetwork",
                                                            "positionMethodNotAvailableInLocationArea"};

constexpr Element extension_container = octets(ber::sequence, "extensionContainer");
constexpr Element cause(ber::Tag tag, std::string_view name, Meanings meanings) {
  return number(tag, name, meanings, &Parameter::cause);
}

constexpr Element unknown_subscriber_param[] = {
    extension_container,
    cause(ber::enumerated, "unknownSubscriberDiagnostic", unknown_subscriber_diagnostics),
};
constexpr Element unknown_subscriber[] = {
    group(ber::sequence, "UnknownSubscriberParam", unknown_subscriber_param),
};

constexpr Element absent_subscriber_sm_param[] = {
    number(ber::integer, "absentSubscriberDiagnosticSM", absent_subscriber_diagnostics,
           &Parameter::absent_subscriber_diagnostic),
    extension_container,
    number(context(0), "additionalAbsentSubscriberDiagnosticSM", absent_subscriber_diagnostics),
    imsi(context(1)),
    octets(context(2), "requestedRetransmissionTime"),
    digits(context(3), "userIdentifierAlert"),
};
constexpr Element absent_subscriber_sm[] = {
    group(ber::sequence, "AbsentSubscriberSM-Param", absent_subscriber_sm_param),
};

constexpr Element roaming_cause =
    cause(ber::enumerated, "roamingNotAllowedCause", roaming_not_allowed_causes);
constexpr Element roaming_not_allowed_param[] = {
    roaming_cause,
    extension_container,
    number(context(0), "additionalRoamingNotAllowedCause"),
};
constexpr Element roaming_not_allowed[] = {
    group(ber::sequence, "RoamingNotAllowedParam", roaming_not_allowed_param),
    roaming_cause,
};

constexpr Element call_barring_cause = cause(ber::enumerated, "callBarringCause", call_barring_causes);
constexpr Element call_barred_param[] = {
    call_barring_cause,
    extension_container,
    flag(context(1), "unauthorisedMessageOriginator"),
    flag(context(2), "anonymousCallRejection"),
};
constexpr Element call_barred[] = {
    group(ber::sequence, "ExtensibleCallBarredParam", call_barred_param),
    call_barring_cause,
};

constexpr Element cug_reject_cause = cause(ber::enumerated, "cug-RejectCause", cug_reject_causes);
constexpr Element cug_reject_param[] = {cug_reject_cause, extension_container};
constexpr Element cug_reject[] = {group(ber::sequence, "CUG-RejectParam", cug_reject_param),
                                  cug_reject_cause};

constexpr Element facility_not_supported_param[] = {
    extension_container,
    flag(context(0), "shapeOfLocationEstimateNotSupported"),
    flag(context(1), "neededLcsCapabilityNotSupportedInServingNode"),
};
constexpr Element facility_not_supported[] = {
    group(ber::sequence, "FacilityNotSupParam", facility_not_supported_param),
};

constexpr Element absent_subscriber_param[] = {
    extension_container,
    cause(context(0), "absentSubscriberReason", absent_subscriber_reasons),
};
constexpr Element absent_subscriber[] = {
    group(ber::sequence, "AbsentSubscriberParam", absent_subscriber_param),
    truth(ber::boolean, "mwd-Set"),  // version 1
};

constexpr Element busy_for_mt_sms_param[] = {extension_container, flag(ber::null, "gprsConnectionSuspended")};
constexpr Element busy_for_mt_sms[] = {group(ber::sequence, "SubBusyForMT-SMS-Param", busy_for_mt_sms_param)};

constexpr Element delivery_failure_cause =
    cause(ber::enumerated, "sm-EnumeratedDeliveryFailureCause", delivery_failure_causes);
constexpr Element delivery_failure_param[] = {
    mandatory(delivery_failure_cause),
    octets(ber::octet_string, "diagnosticInfo", &Parameter::tpdu),
    extension_container,
};
constexpr Element delivery_failure[] = {
    group(ber::sequence, "SM-DeliveryFailureCause", delivery_failure_param),
    delivery_failure_cause,  // version 1
};

constexpr Element network_resource = cause(ber::enumerated, "networkResource", network_resources);
constexpr Element system_failure_param[] = {
    network_resource,
    extension_container,
    number(context(0), "additionalNetworkResource", additional_network_resources),
    number(context(1), "failureCauseParam", failure_causes),
};
constexpr Element system_failure[] = {
    group(ber::sequence, "ExtensibleSystemFailureParam", system_failure_param),
    network_resource,  // versions 1 and 2
};

constexpr Element unexpected_data_param[] = {extension_container, flag(context(0), "unexpectedSubscriber")};
constexpr Element unexpected_data[] = {group(ber::sequence, "UnexpectedDataParam", unexpected_data_param)};

constexpr Element password_failure[] = {
    cause(ber::enumerated, "PW-RegistrationFailureCause", password_failure_causes),
};

constexpr Element busy_subscriber_param[] = {
    extension_container,
    flag(context(0), "ccbs-Possible"),
    flag(context(1), "ccbs-Busy"),
};
constexpr Element busy_subscriber[] = {group(ber::sequence, "BusySubscriberParam", busy_subscriber_param)};

constexpr Element lcs_client_param[] = {
    cause(context(0), "unauthorizedLCSClient-Diagnostic", lcs_client_diagnostics),
};
constexpr Element lcs_client[] = {group(ber::sequence, "UnauthorizedLCSClient-Param", lcs_client_param)};

constexpr Element position_method_param[] = {
    cause(context(0), "positionMethodFailure-Diagnostic", position_method_diagnostics),
};
constexpr Element position_method[] = {
    group(ber::sequence, "PositionMethodFailure-Param", position_method_param),
};

}  // namespace

Elements error_parameter(std::int32_t error) {
  switch (error) {
    case 1: return unknown_subscriber;
    case 6: return absent_subscriber_sm;
    case 8: return roaming_not_allowed;
    case 13: return call_barred;
    case 15: return cug_reject;
    case 21: return facility_not_supported;
    case 27: return absent_subscriber;
    case 31: return busy_for_mt_sms;
    case 32: return delivery_failure;
    case 34: return system_failure;
    case 36: return unexpected_data;
    case 37: return password_failure;
    case 45: return busy_subscriber;
    case 53: return lcs_client;
    case 54: return position_method;
    default: return {};
  }
}

}  // namespace tollgate::decode::map::schema
