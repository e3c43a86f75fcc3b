#include "decode/map_schema.hpp"

// Operations that carry no short message: the identities and addresses in them, where these stand at the
// place that the standard gives them (TS 29.002 17.7.1 to 17.7.3, 17.7.13; versions 1 and 2 as ETS 300 599
// has them). Elements that are not listed are passed over.
//
//     updateLocation           30 { 04 imsi  81 msc-Number  04 vlr-Number ... }
//     insertSubscriberData     30 { 80 imsi  81 msisdn ... }
//     sendRoutingInfo          30 { 80 msisdn  83 interrogationType  86 gmsc-OrGsmSCF-Address ... }
//     provideSubscriberInfo    30 { 80 imsi  81 lmsi  A2 requestedInfo ... }
//       its result             30 { 30 { A0 { 81 vlr-number  86 msc-Number ... }  A3 { 83 sgsn-Number ... }
//       ... } }
//     anyTimeInterrogation     30 { A0 { 80 imsi | 81 msisdn }  A1 requestedInfo  83 gsmSCF-Address ... }
//     sendAuthenticationInfo   30 { 80 imsi  02 numberOfRequestedVectors ... }
namespace tollgate::decode::map::schema {

namespace {

using ber::context;

// Most arguments begin so.
constexpr Element imsi_bare[] = {imsi(ber::octet_string)};
constexpr Element imsi_0[] = {imsi(context(0))};
constexpr Element sequence_imsi_0[] = {group(ber::sequence, "SEQUENCE", imsi_0)};
constexpr Element msisdn_bare[] = {msisdn(ber::octet_string)};

constexpr Element subscriber_identity[] = {imsi(context(0)), msisdn(context(1))};

constexpr Element hlr_number[] = {other(ber::octet_string, "hlr-Number")};
constexpr Element hlr_number_result[] = {group(ber::sequence, "SEQUENCE", hlr_number),
                                         other(ber::octet_string, "hlr-Number")};  // version 1: bare

// 2 updateLocation, 23 updateGprsLocation, 53 updateVcsgLocation, 57 restoreData
constexpr Element update_location[] = {
    imsi(ber::octet_string),
    node(context(0), "roamingNumber"),  // version 1
    node(context(1), "msc-Number"),
    second_node(ber::octet_string, "vlr-Number"),
    lmsi(context(10)),
};
constexpr Element update_location_arg[] = {group(ber::sequence, "UpdateLocationArg", update_location)};
constexpr Element update_gprs_location[] = {imsi(ber::octet_string), node(ber::octet_string, "sgsn-Number")};
constexpr Element update_gprs_location_arg[] = {
    group(ber::sequence, "UpdateGprsLocationArg", update_gprs_location),
};
constexpr Element update_vcsg_location[] = {
    imsi(ber::octet_string),
    msisdn(ber::octet_string),
    node(context(0), "vlr-Number"),
    node(context(1), "sgsn-Number"),
};
constexpr Element update_vcsg_location_arg[] = {
    group(ber::sequence, "UpdateVcsgLocationArg", update_vcsg_location),
};
constexpr Element restore_data[] = {imsi(ber::octet_string), lmsi(ber::octet_string)};
constexpr Element restore_data_arg[] = {group(ber::sequence, "RestoreDataArg", restore_data)};

// 3 cancelLocation, 36 cancelVcsgLocation
constexpr Element imsi_with_lmsi[] = {imsi(ber::octet_string), lmsi(ber::octet_string)};
constexpr Element identity[] = {imsi(ber::octet_string),
                                group(ber::sequence, "imsi-WithLMSI", imsi_with_lmsi)};
constexpr Element cancel_location[] = {
    choice("identity", identity),
    node(context(3), "newMSC-Number"),
    second_node(context(4), "newVLR-Number"),
};
constexpr Element cancel_location_arg[] = {
    group(context(3), "CancelLocationArg", cancel_location),
    group(ber::sequence, "imsi-WithLMSI", imsi_with_lmsi),  // versions 1 and 2: the identity alone
    imsi(ber::octet_string),
};
constexpr Element cancel_vcsg_location[] = {choice("identity", identity)};
constexpr Element cancel_vcsg_location_arg[] = {
    group(ber::sequence, "CancelVcsgLocationArg", cancel_vcsg_location),
};

// 67 purgeMS
constexpr Element purge_ms_2[] = {imsi(ber::octet_string), node(ber::octet_string, "vlr-Number")};
constexpr Element purge_ms_3[] = {
    imsi(ber::octet_string),
    node(context(0), "vlr-Number"),
    node(context(1), "sgsn-Number"),
};
constexpr Element purge_ms_arg[] = {
    group(context(3), "PurgeMS-Arg", purge_ms_3),
    group(ber::sequence, "PurgeMS-Arg", purge_ms_2),
};

// 55 sendIdentification: its argument begins with a TMSI, which is no identity that Tollgate reads
constexpr Element send_identification[] = {
    octets(ber::octet_string, "tmsi"),
    node(ber::octet_string, "msc-Number"),
    second_node(context(3), "newVLR-Number"),
};
constexpr Element send_identification_arg[] = {
    group(ber::sequence, "SendIdentificationArg", send_identification),
    octets(ber::octet_string, "tmsi"),  // version 2
};
constexpr Element send_identification_res[] = {
    group(context(3), "SendIdentificationRes", imsi_bare),
    group(ber::sequence, "SendIdentificationRes", imsi_bare),
};

// 56 sendAuthenticationInfo, 15 authenticationFailureReport
constexpr Element send_authentication_info_arg[] = {
    group(ber::sequence, "SendAuthenticationInfoArg", imsi_0),
    imsi(ber::octet_string),  // version 2
};
constexpr Element authentication_failure[] = {
    imsi(ber::octet_string),
    node(context(0), "vlr-Number"),
    node(context(1), "sgsn-Number"),
};
constexpr Element authentication_failure_arg[] = {
    group(ber::sequence, "AuthenticationFailureReportArg", authentication_failure),
};

// 7 insertSubscriberData, 9 sendParameters
constexpr Element insert_subscriber_data[] = {imsi(context(0)), msisdn(context(1))};
constexpr Element insert_subscriber_data_arg[] = {
    group(ber::sequence, "InsertSubscriberDataArg", insert_subscriber_data),
};

// 37 reset
constexpr Element reset[] = {number(ber::enumerated, "networkResource", network_resources),  // version 1
                             other(ber::octet_string, "hlr-Number"), other(context(1), "css-Number")};
constexpr Element reset_arg[] = {group(ber::sequence, "ResetArg", reset)};

// 4 provideRoamingNumber, 6 resumeCallHandling, 22 sendRoutingInfo, 20 releaseResources
constexpr Element provide_roaming_number[] = {
    imsi(context(0)), node(context(1), "msc-Number"),    msisdn(context(2)),
    lmsi(context(4)), other(context(8), "gmsc-Address"),
};
constexpr Element provide_roaming_number_arg[] = {
    group(ber::sequence, "ProvideRoamingNumberArg", provide_roaming_number),
};
constexpr Element roaming_number[] = {node(ber::octet_string, "roamingNumber")};
constexpr Element provide_roaming_number_res[] = {
    group(ber::sequence, "ProvideRoamingNumberRes", roaming_number),
    node(ber::octet_string, "roamingNumber"),  // versions 1 and 2
};
constexpr Element resume_call_handling[] = {imsi(context(3)), msisdn(context(9))};
constexpr Element resume_call_handling_arg[] = {
    group(ber::sequence, "ResumeCallHandlingArg", resume_call_handling),
};
constexpr Element release_resources[] = {node(ber::octet_string, "msrn")};
constexpr Element release_resources_arg[] = {group(ber::sequence, "ReleaseResourcesArg", release_resources)};
constexpr Element send_routing_info[] = {msisdn(context(0)), other(context(6), "gmsc-OrGsmSCF-Address")};
constexpr Element send_routing_info_arg[] = {group(ber::sequence, "SendRoutingInfoArg", send_routing_info)};
constexpr Element routing_info_3[] = {
    imsi(context(9)),
    node(ber::octet_string, "roamingNumber"),
    second_node(context(2), "vmsc-Address"),
    msisdn(context(12)),
};
constexpr Element routing_info_2[] = {imsi(ber::octet_string), node(ber::octet_string, "roamingNumber")};
constexpr Element send_routing_info_res[] = {
    group(context(3), "SendRoutingInfoRes", routing_info_3),
    group(ber::sequence, "SendRoutingInfoRes", routing_info_2),  // versions 1 and 2
};

// 70, 71, 62, 65: asked of the HLR or VLR at any time; 5 noteSubscriberDataModified, 89 noteMM-Event
constexpr Element provide_subscriber_info[] = {imsi(context(0)), lmsi(context(1))};
constexpr Element provide_subscriber_info_arg[] = {
    group(ber::sequence, "ProvideSubscriberInfoArg", provide_subscriber_info),
};
// Of the result: where the subscriber is. LocationInformation and LocationInformationGPRS, 17.7.1.
constexpr Element location_information[] = {
    second_node(context(1), "vlr-number"),
    node(context(6), "msc-Number"),
};
constexpr Element location_information_gprs[] = {other(context(3), "sgsn-Number")};
constexpr Element subscriber_info[] = {
    group(context(0), "locationInformation", location_information),
    group(context(3), "locationInformationGPRS", location_information_gprs),
};
constexpr Element subscriber_info_result[] = {group(ber::sequence, "subscriberInfo", subscriber_info)};
constexpr Element subscriber_info_res[] = {group(ber::sequence, "SEQUENCE", subscriber_info_result)};
constexpr Element any_time_interrogation[] = {
    group(context(0), "subscriberIdentity", subscriber_identity),
    other(context(3), "gsmSCF-Address"),
};
constexpr Element any_time_interrogation_arg[] = {
    group(ber::sequence, "AnyTimeInterrogationArg", any_time_interrogation),
};
constexpr Element any_time_subscription[] = {
    group(context(0), "subscriberIdentity", subscriber_identity),
    other(context(2), "gsmSCF-Address"),
};
constexpr Element any_time_subscription_arg[] = {
    group(ber::sequence, "AnyTimeSubscriptionInterrogationArg", any_time_subscription),
};
constexpr Element any_time_modification[] = {
    group(context(0), "subscriberIdentity", subscriber_identity),
    other(context(1), "gsmSCF-Address"),
};
constexpr Element any_time_modification_arg[] = {
    group(ber::sequence, "AnyTimeModificationArg", any_time_modification),
};
constexpr Element data_modified[] = {imsi(ber::octet_string), msisdn(ber::octet_string)};
constexpr Element data_modified_arg[] = {
    group(ber::sequence, "NoteSubscriberDataModifiedArg", data_modified)};
constexpr Element mm_event[] = {imsi(context(1)), msisdn(context(2))};
constexpr Element mm_event_arg[] = {group(ber::sequence, "NoteMM-EventArg", mm_event)};

// 24 sendRoutingInfoForGprs, 25 failureReport
constexpr Element routing_info_gprs[] = {imsi(context(0)), other(context(2), "ggsn-Number")};
constexpr Element routing_info_gprs_arg[] = {
    group(ber::sequence, "SendRoutingInfoForGprsArg", routing_info_gprs),
};
constexpr Element failure_report[] = {imsi(context(0)), other(context(1), "ggsn-Number")};
constexpr Element failure_report_arg[] = {group(ber::sequence, "FailureReportArg", failure_report)};

// 68 prepareHandover, 69 prepareSubsequentHandover
constexpr Element prepare_handover[] = {imsi(context(4))};
constexpr Element prepare_handover_arg[] = {group(context(3), "PrepareHO-Arg", prepare_handover)};
constexpr Element prepare_subsequent[] = {node(context(1), "targetMSC-Number")};
constexpr Element prepare_subsequent_arg[] = {
    group(context(3), "PrepareSubsequentHO-Arg", prepare_subsequent)};

// 59, 60, 61: USSD; 54 and 72
constexpr Element ussd[] = {octets(ber::octet_string, "ussd-DataCodingScheme"),
                            octets(ber::octet_string, "ussd-String"), msisdn(context(0))};
constexpr Element ussd_arg[] = {group(ber::sequence, "USSD-Arg", ussd)};
constexpr Element begin_subscriber_activity[] = {
    imsi(ber::octet_string),
    other(ber::octet_string, "originatingEntityNumber"),
    msisdn(ber::make_tag(ber::Class::private_use, 28)),
};
constexpr Element begin_subscriber_activity_arg[] = {
    group(ber::sequence, "BeginSubscriberActivityArg", begin_subscriber_activity),
};
constexpr Element ss_invocation[] = {imsi(context(0)), msisdn(context(1))};
constexpr Element ss_invocation_arg[] = {group(ber::sequence, "SS-InvocationNotificationArg", ss_invocation)};

// 50, 51: tracing
constexpr Element activate_trace[] = {imsi(context(0)), other(context(3), "omc-Id")};
constexpr Element activate_trace_arg[] = {group(ber::sequence, "ActivateTraceModeArg", activate_trace)};

// 73 setReportingState, 75 remoteUserFree
constexpr Element reporting_state[] = {imsi(context(0)), lmsi(context(1))};
constexpr Element reporting_state_arg[] = {group(ber::sequence, "SetReportingStateArg", reporting_state)};

// 83, 85, 86: location services
constexpr Element provide_location[] = {
    octets(ber::sequence, "locationType"),
    other(ber::octet_string, "mlc-Number"),
    imsi(context(2)),
    msisdn(context(3)),
    lmsi(context(4)),
};
constexpr Element provide_location_arg[] = {
    group(ber::sequence, "ProvideSubscriberLocation-Arg", provide_location),
};
constexpr Element routing_info_lcs[] = {
    other(context(0), "mlcNumber"),
    group(context(1), "targetMS", subscriber_identity),
};
constexpr Element routing_info_lcs_arg[] = {group(ber::sequence, "RoutingInfoForLCS-Arg", routing_info_lcs)};
constexpr Element lcs_location[] = {node(ber::octet_string, "networkNode-Number"), lmsi(context(0))};
constexpr Element routing_info_lcs_result[] = {
    group(context(0), "targetMS", subscriber_identity),
    group(context(1), "lcsLocationInfo", lcs_location),
};
constexpr Element routing_info_lcs_res[] = {
    group(ber::sequence, "RoutingInfoForLCS-Res", routing_info_lcs_result),
};
constexpr Element location_report[] = {
    number(ber::enumerated, "lcs-Event"),
    octets(ber::sequence, "lcs-ClientID"),
    group(ber::sequence, "lcsLocationInfo", lcs_location),
    msisdn(context(0)),
    imsi(context(1)),
};
constexpr Element location_report_arg[] = {
    group(ber::sequence, "SubscriberLocationReport-Arg", location_report),
};

constexpr Operation operations[] = {
    {.code = 2, .argument = update_location_arg, .result = hlr_number_result},
    {.code = 3, .argument = cancel_location_arg},
    {.code = 4, .argument = provide_roaming_number_arg, .result = provide_roaming_number_res},
    {.code = 5, .argument = data_modified_arg},
    {.code = 6, .argument = resume_call_handling_arg},
    {.code = 7, .argument = insert_subscriber_data_arg},
    {.code = 8, .argument = sequence_imsi_0},
    {.code = 9, .argument = sequence_imsi_0},
    {.code = 15, .argument = authentication_failure_arg},
    {.code = 20, .argument = release_resources_arg},
    {.code = 22, .argument = send_routing_info_arg, .result = send_routing_info_res},
    {.code = 23, .argument = update_gprs_location_arg, .result = hlr_number_result},
    {.code = 24, .argument = routing_info_gprs_arg},
    {.code = 25, .argument = failure_report_arg},
    {.code = 26, .argument = sequence_imsi_0},
    {.code = 36, .argument = cancel_vcsg_location_arg},
    {.code = 37, .argument = reset_arg},
    {.code = 50, .argument = activate_trace_arg},
    {.code = 51, .argument = sequence_imsi_0},
    {.code = 52, .argument = sequence_imsi_0},
    {.code = 53, .argument = update_vcsg_location_arg},
    {.code = 54, .argument = begin_subscriber_activity_arg},
    {.code = 55, .argument = send_identification_arg, .result = send_identification_res},
    {.code = 56, .argument = send_authentication_info_arg},
    {.code = 57, .argument = restore_data_arg, .result = hlr_number_result},
    {.code = 58, .argument = msisdn_bare, .result = imsi_bare},
    {.code = 59, .argument = ussd_arg},
    {.code = 60, .argument = ussd_arg},
    {.code = 61, .argument = ussd_arg},
    {.code = 62, .argument = any_time_subscription_arg},
    {.code = 65, .argument = any_time_modification_arg},
    {.code = 67, .argument = purge_ms_arg},
    {.code = 68, .argument = prepare_handover_arg},
    {.code = 69, .argument = prepare_subsequent_arg},
    {.code = 70, .argument = provide_subscriber_info_arg, .result = subscriber_info_res},
    {.code = 71, .argument = any_time_interrogation_arg, .result = subscriber_info_res},
    {.code = 72, .argument = ss_invocation_arg},
    {.code = 73, .argument = reporting_state_arg},
    {.code = 74, .argument = sequence_imsi_0},
    {.code = 75, .argument = sequence_imsi_0},
    {.code = 83, .argument = provide_location_arg},
    {.code = 85, .argument = routing_info_lcs_arg, .result = routing_info_lcs_res},
    {.code = 86, .argument = location_report_arg},
    {.code = 87, .argument = sequence_imsi_0},
    {.code = 88, .argument = sequence_imsi_0},
    {.code = 89, .argument = mm_event_arg},
};

}  // namespace

constinit const std::span<const Operation> other_operations = operations;

}  // namespace tollgate::decode::map::schema
