#include "decode/map_schema.hpp"

// Short message operations, TS 29.002 17.6.5 and 17.7.6 (version 3), ETS 300 599 14.7.6 (versions 1 and 2).
// Each table holds what any version has: elements that a version lacks are optional in the others. map.hpp
// shows the messages themselves; beside them
//
//     reportSM-DeliveryStatus   30 { 04 msisdn  04 serviceCentreAddress  0A sm-DeliveryOutcome ... }
//     alertServiceCentre        30 { 04 msisdn  04 serviceCentreAddress ... }
//     informServiceCentre       30 { 04 storedMSISDN  03 mw-Status ... }
//     readyForSM                30 { 80 imsi  0A alertReason ... }
namespace tollgate::decode::map::schema {

namespace {

using ber::context;

constexpr std::string_view rp_mtis[] = {"SMS Deliver", "SMS Status Report"};
constexpr std::string_view not_intended[] = {"onlyIMSI-requested", "onlyMCC-MNC-requested"};
constexpr std::string_view alert_reasons[] = {"ms-Present", "memoryAvailable"};
constexpr std::string_view mw_status[] = {"sc-AddressNotIncluded", "mnrf-Set", "mcef-Set", "mnrg-Set"};
constexpr std::string_view alert_events[] = {"msAvailableForMtSms", "msUnderNewServingNode"};

constexpr Element extension_container(ber::Tag tag) { return octets(tag, "extensionContainer"); }
constexpr Element extension_container() { return extension_container(ber::sequence); }
constexpr Element service_centre(ber::Tag tag, std::string_view name = "serviceCentreAddress") {
  return address(tag, name, &Parameter::service_centre);
}
constexpr Element absent_subscriber_diagnostic(ber::Tag tag) {
  return number(tag, "absentSubscriberDiagnosticSM", absent_subscriber_diagnostics,
                &Parameter::absent_subscriber_diagnostic);
}

constexpr Element correlation_id[] = {digits(context(0), "hlr-id"), octets(context(1), "sip-uri-A"),
                                      octets(context(2), "sip-uri-B")};

// mo-forwardSM, mt-forwardSM, forwardSM -------------------------------------------------------------------

constexpr Element sm_rp_da_alternatives[] = {
    imsi(context(0)),
    lmsi(context(1)),
    node(context(3), "roamingNumber"),  // version 1
    service_centre(context(4), "serviceCentreAddressDA"),
    flag(context(5), "noSM-RP-DA"),
};
constexpr Element sm_rp_oa_alternatives[] = {
    msisdn(context(2)),
    service_centre(context(4), "serviceCentreAddressOA"),
    flag(context(5), "noSM-RP-OA"),
};
constexpr Element sm_rp_da = {.form = Form::choice,
                              .mandatory = true,
                              .name = "sm-RP-DA",
                              .inner = sm_rp_da_alternatives,
                              .sm_rp_da = &Parameter::sm_rp_da};
constexpr Element sm_rp_oa = {.form = Form::choice,
                              .mandatory = true,
                              .name = "sm-RP-OA",
                              .inner = sm_rp_oa_alternatives,
                              .sm_rp_oa = &Parameter::sm_rp_oa};
constexpr Element sm_rp_ui = octets(ber::octet_string, "sm-RP-UI", &Parameter::tpdu);
constexpr Element more_messages = flag(ber::null, "moreMessagesToSend", &Parameter::more_messages_to_send);

constexpr Element mo_forward_sm[] = {
    sm_rp_da,
    sm_rp_oa,
    mandatory(sm_rp_ui),
    more_messages,  // version 2, where this operation is for both directions
    extension_container(),
    imsi(ber::octet_string),
    group(context(0), "correlationID", correlation_id),
    number(context(1), "sm-DeliveryOutcome", delivery_outcomes, &Parameter::sm_delivery_outcome),
};
constexpr Element mt_forward_sm[] = {
    sm_rp_da,
    sm_rp_oa,
    mandatory(sm_rp_ui),
    more_messages,
    extension_container(),
    number(ber::integer, "smDeliveryTimer"),
    octets(ber::octet_string, "smDeliveryStartTime"),
    flag(context(0), "smsOverIP-OnlyIndicator"),
    group(context(1), "correlationID", correlation_id),
    octets(context(2), "maximumRetransmissionTime"),
    other(context(3), "smsGmscAddress"),
    octets(context(4), "smsGmscDiameterAddress"),
};
constexpr Element forward_sm_result[] = {sm_rp_ui, extension_container()};

constexpr Element mo_forward_sm_arg[] = {mandatory(group(ber::sequence, "MO-ForwardSM-Arg", mo_forward_sm))};
constexpr Element mo_forward_sm_res[] = {group(ber::sequence, "MO-ForwardSM-Res", forward_sm_result)};
constexpr Element mt_forward_sm_arg[] = {mandatory(group(ber::sequence, "MT-ForwardSM-Arg", mt_forward_sm))};
constexpr Element mt_forward_sm_res[] = {group(ber::sequence, "MT-ForwardSM-Res", forward_sm_result)};

constexpr Element vgcs[] = {
    mandatory(digits(ber::octet_string, "asciCallReference")),
    sm_rp_oa,
    mandatory(sm_rp_ui),
    extension_container(),
};
constexpr Element vgcs_result[] = {
    octets(context(0), "sm-RP-UI", &Parameter::tpdu),
    octets(context(1), "dispatcherList"),
    flag(ber::null, "ongoingCall"),
    extension_container(context(2)),
    octets(context(3), "additionalDispatcherList"),
};
constexpr Element vgcs_arg[] = {mandatory(group(ber::sequence, "MT-ForwardSM-VGCS-Arg", vgcs))};
constexpr Element vgcs_res[] = {group(ber::sequence, "MT-ForwardSM-VGCS-Res", vgcs_result)};

// sendRoutingInfoForSM ------------------------------------------------------------------------------------

constexpr Element routing_info[] = {
    mandatory(msisdn(context(0))),
    mandatory(truth(context(1), "sm-RP-PRI")),
    mandatory(service_centre(context(2))),
    octets(context(3), "cug-Interlock"),    // version 1
    octets(context(5), "teleserviceCode"),  // version 1
    extension_container(context(6)),
    flag(context(7), "gprsSupportIndicator"),
    number(context(8), "sm-RP-MTI", rp_mtis),
    octets(context(9), "sm-RP-SMEA", &Parameter::sm_rp_smea),
    number(context(10), "sm-deliveryNotIntended", not_intended),
    flag(context(11), "ip-sm-gwGuidanceIndicator"),
    imsi(context(12)),
    flag(context(14), "t4-Trigger-Indicator"),
    flag(context(13), "singleAttemptDelivery"),
    group(context(15), "correlationID", correlation_id),
};
constexpr Element additional_number[] = {
    second_node(context(0), "msc-Number"),
    second_node(context(1), "sgsn-Number"),
};
constexpr Element third_number[] = {address(context(0), "msc-Number"), address(context(1), "sgsn-Number")};
constexpr Element location_info[] = {
    node(context(0), "roamingNumber"),       // version 1
    node(context(1), "networkNode-Number"),  // msc-Number in versions 1 and 2
    lmsi(ber::octet_string),
    extension_container(),
    flag(context(5), "gprsNodeIndicator"),
    group(context(6), "additional-Number", additional_number),
    octets(context(7), "networkNodeDiameterAddress"),
    octets(context(8), "additionalNetworkNodeDiameterAddress"),
    group(context(9), "thirdNumber", third_number),
    octets(context(10), "thirdNetworkNodeDiameterAddress"),
    flag(context(11), "imsNodeIndicator"),
};
constexpr Element gateway_guidance[] = {
    number(ber::integer, "minimumDeliveryTimeValue"),
    number(ber::integer, "recommendedDeliveryTimeValue"),
    extension_container(),
};
constexpr Element routing_info_result[] = {
    mandatory(imsi(ber::octet_string)), mandatory(group(context(0), "locationInfoWithLMSI", location_info)),
    truth(context(2), "mwd-Set"),  // version 1
    extension_container(context(4)),    group(context(5), "ip-sm-gwGuidance", gateway_guidance),
};
constexpr Element routing_info_arg[] = {
    mandatory(group(ber::sequence, "RoutingInfoForSM-Arg", routing_info))};
constexpr Element routing_info_res[] = {group(ber::sequence, "RoutingInfoForSM-Res", routing_info_result)};

// reportSM-DeliveryStatus ---------------------------------------------------------------------------------

constexpr Element report_status[] = {
    mandatory(msisdn(ber::octet_string)),
    mandatory(service_centre(ber::octet_string)),
    number(ber::enumerated, "sm-DeliveryOutcome", delivery_outcomes, &Parameter::sm_delivery_outcome),
    absent_subscriber_diagnostic(context(0)),
    extension_container(context(1)),
    flag(context(2), "gprsSupportIndicator"),
    flag(context(3), "deliveryOutcomeIndicator"),
    number(context(4), "additionalSM-DeliveryOutcome", delivery_outcomes),
    number(context(5), "additionalAbsentSubscriberDiagnosticSM", absent_subscriber_diagnostics),
    flag(context(6), "ip-sm-gw-Indicator"),
    number(context(7), "ip-sm-gw-sm-deliveryOutcome", delivery_outcomes),
    number(context(8), "ip-sm-gw-absentSubscriberDiagnosticSM", absent_subscriber_diagnostics),
    imsi(context(9)),
    flag(context(10), "singleAttemptDelivery"),
    group(context(11), "correlationID", correlation_id),
};
constexpr Element stored_msisdn = address(ber::octet_string, "storedMSISDN", &Parameter::msisdn);
constexpr Element report_status_result[] = {stored_msisdn, extension_container()};
constexpr Element report_status_arg[] = {
    mandatory(group(ber::sequence, "ReportSM-DeliveryStatusArg", report_status))};
constexpr Element report_status_res[] = {
    group(ber::sequence, "ReportSM-DeliveryStatusRes", report_status_result),
    stored_msisdn,  // version 2
};

// alertServiceCentre, alertServiceCentreWithoutResult, informServiceCentre ----------------------------------

constexpr Element alert[] = {
    mandatory(msisdn(ber::octet_string)),
    mandatory(service_centre(ber::octet_string)),
    imsi(ber::octet_string),
    group(ber::sequence, "correlationID", correlation_id),
    octets(context(0), "maximumUeAvailabilityTime"),
    number(context(1), "smsGmscAlertEvent", alert_events),
    octets(context(2), "smsGmscDiameterAddress"),
    address(context(3), "newSGSNNumber", &Parameter::network_node),
    octets(context(4), "newSGSNDiameterAddress"),
    address(context(5), "newMMENumber", &Parameter::network_node),
    octets(context(6), "newMMEDiameterAddress"),
    address(context(7), "newMSCNumber", &Parameter::network_node),
};
constexpr Element alert_arg[] = {mandatory(group(ber::sequence, "AlertServiceCentreArg", alert))};

constexpr Element inform[] = {
    stored_msisdn,
    bits(ber::bit_string, "mw-Status", mw_status),
    extension_container(),
    absent_subscriber_diagnostic(ber::integer),
    number(context(0), "additionalAbsentSubscriberDiagnosticSM", absent_subscriber_diagnostics),
};
constexpr Element inform_arg[] = {mandatory(group(ber::sequence, "InformServiceCentreArg", inform))};

// readyForSM, and noteSubscriberPresent of version 1 ------------------------------------------------------

constexpr Element ready[] = {
    mandatory(imsi(context(0))),
    number(ber::enumerated, "alertReason", alert_reasons, &Parameter::alert_reason),
    flag(ber::null, "alertReasonIndicator"),
    extension_container(),
    flag(context(1), "additionalAlertReasonIndicator"),
    octets(ber::octet_string, "maximumUeAvailabilityTime"),
};
constexpr Element ready_arg[] = {mandatory(group(ber::sequence, "ReadyForSM-Arg", ready))};
constexpr Element ready_result[] = {extension_container()};
constexpr Element ready_res[] = {group(ber::sequence, "ReadyForSM-Res", ready_result)};
constexpr Element note_subscriber_present_arg[] = {imsi(ber::octet_string)};

constexpr Operation operations[] = {
    {.code = 21, .argument = vgcs_arg, .result = vgcs_res},
    {.code = 44, .argument = mt_forward_sm_arg, .result = mt_forward_sm_res},
    {.code = 45, .argument = routing_info_arg, .result = routing_info_res},
    {.code = 46, .argument = mo_forward_sm_arg, .result = mo_forward_sm_res},
    {.code = 47, .argument = report_status_arg, .result = report_status_res},
    {.code = 48, .argument = note_subscriber_present_arg},
    {.code = 49, .argument = alert_arg},
    {.code = 63, .argument = inform_arg},
    {.code = 64, .argument = alert_arg},
    {.code = 66, .argument = ready_arg, .result = ready_res},
};

}  // namespace

constinit const std::span<const Operation> short_message_operations = operations;

}  // namespace tollgate::decode::map::schema
