#include "decode/map_names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tollgate::decode::map {

namespace {

template <std::size_t size>
std::string_view name_at(const std::array<std::string_view, size>& names, std::int32_t code) {
  return code >= 0 && static_cast<std::size_t>(code) < size ? names[static_cast<std::size_t>(code)]
                                                            : std::string_view{};
}

template <std::size_t size>
bool begins_with(Octets oid, const std::array<std::uint8_t, size>& prefix) {
  return oid.size() >= size &&
         std::equal(prefix.begin(), prefix.end(), oid.begin(), [](std::uint8_t expected, std::byte octet) {
           return std::to_integer<std::uint8_t>(octet) == expected;
         });
}

// The octets of arcs: itu-t(0) identified-organization(4) are one octet, 04.
constexpr std::array<std::uint8_t, 5> gsm_network_ac = {4, 0, 0, 1, 0};  // 0.4.0.0.1.0
constexpr std::array<std::uint8_t, 5> camel_3 = {4, 0, 0, 1, 21};        // 0.4.0.0.1.21
constexpr std::array<std::uint8_t, 5> camel_4 = {4, 0, 0, 1, 23};        // 0.4.0.0.1.23
constexpr std::array<std::uint8_t, 3> etsi_in_domain = {4, 0, 1};        // 0.4.0.1
constexpr std::array<std::uint8_t, 3> q_1200_series = {0, 17, 0x89};     // 0.0.17.1152 to 1279

constexpr auto context_names = [] {
  std::array<std::string_view, 48> names{};
  names[1] = "networkLocUp";
  names[2] = "locationCancel";
  names[3] = "roamingNumberEnquiry";
  names[4] = "istAlerting";
  names[5] = "locationInfoRetrieval";
  names[6] = "callControlTransfer";
  names[7] = "reporting";
  names[8] = "callCompletion";
  names[9] = "immediateTermination";
  names[10] = "reset";
  names[11] = "handoverControl";
  names[12] = "sIWFSAllocation";
  names[13] = "equipmentMngt";
  names[14] = "infoRetrieval";
  names[15] = "interVlrInfoRetrieval";
  names[16] = "subscriberDataMngt";
  names[17] = "tracing";
  names[18] = "networkFunctionalSs";
  names[19] = "networkUnstructuredSs";
  names[20] = "shortMsgGateway";
  names[21] = "shortMsgMO-Relay";
  names[22] = "subscriberDataModificationNotification";
  names[23] = "shortMsgAlert";
  names[24] = "mwdMngt";
  names[25] = "shortMsgMT-Relay";
  names[26] = "imsiRetrieval";
  names[27] = "msPurging";
  names[28] = "subscriberInfoEnquiry";
  names[29] = "anyTimeInfoEnquiry";
  names[31] = "groupCallControl";
  names[32] = "gprsLocationUpdate";
  names[33] = "gprsLocationInfoRetrieval";
  names[34] = "failureReport";
  names[35] = "gprsNotify";
  names[36] = "ss-InvocationNotification";
  names[37] = "locationSvcGateway";
  names[38] = "locationSvcEnquiry";
  names[39] = "authenticationFailureReport";
  names[40] = "secureTransportHandling";
  names[41] = "shortMsgMT-Relay-VGCS";
  names[42] = "mm-EventReporting";
  names[43] = "anyTimeInfoHandling";
  names[44] = "resourceManagement";
  names[45] = "groupCallInfoRetrieval";
  names[46] = "vcsgLocationUpdate";
  names[47] = "vcsgLocationCancel";
  return names;
}();

constexpr auto operation_names = [] {
  std::array<std::string_view, 127> names{};
  names[2] = "updateLocation";
  names[3] = "cancelLocation";
  names[4] = "provideRoamingNumber";
  names[5] = "noteSubscriberDataModified";
  names[6] = "resumeCallHandling";
  names[7] = "insertSubscriberData";
  names[8] = "deleteSubscriberData";
  names[9] = "sendParameters";
  names[10] = "registerSS";
  names[11] = "eraseSS";
  names[12] = "activateSS";
  names[13] = "deactivateSS";
  names[14] = "interrogateSS";
  names[15] = "authenticationFailureReport";
  names[16] = "notifySS";
  names[17] = "registerPassword";
  names[18] = "getPassword";
  names[19] = "processUnstructuredSS-Data";
  names[20] = "releaseResources";
  names[21] = "mt-forwardSM-VGCS";
  names[22] = "sendRoutingInfo";
  names[23] = "updateGprsLocation";
  names[24] = "sendRoutingInfoForGprs";
  names[25] = "failureReport";
  names[26] = "noteMsPresentForGprs";
  names[28] = "performHandover";
  names[29] = "sendEndSignal";
  names[30] = "performSubsequentHandover";
  names[31] = "provideSIWFSNumber";
  names[32] = "sIWFSSignallingModify";
  names[33] = "processAccessSignalling";
  names[34] = "forwardAccessSignalling";
  names[35] = "noteInternalHandover";
  names[36] = "cancelVcsgLocation";
  names[37] = "reset";
  names[38] = "forwardCheckSS-Indication";
  names[39] = "prepareGroupCall";
  names[40] = "sendGroupCallEndSignal";
  names[41] = "processGroupCallSignalling";
  names[42] = "forwardGroupCallSignalling";
  names[43] = "checkIMEI";
  names[44] = "mt-forwardSM";
  names[45] = "sendRoutingInfoForSM";
  names[46] = "mo-forwardSM";
  names[47] = "reportSM-DeliveryStatus";
  names[48] = "noteSubscriberPresent";
  names[49] = "alertServiceCentreWithoutResult";
  names[50] = "activateTraceMode";
  names[51] = "deactivateTraceMode";
  names[52] = "traceSubscriberActivity";
  names[53] = "updateVcsgLocation";
  names[54] = "beginSubscriberActivity";
  names[55] = "sendIdentification";
  names[56] = "sendAuthenticationInfo";
  names[57] = "restoreData";
  names[58] = "sendIMSI";
  names[59] = "processUnstructuredSS-Request";
  names[60] = "unstructuredSS-Request";
  names[61] = "unstructuredSS-Notify";
  names[62] = "anyTimeSubscriptionInterrogation";
  names[63] = "informServiceCentre";
  names[64] = "alertServiceCentre";
  names[65] = "anyTimeModification";
  names[66] = "readyForSM";
  names[67] = "purgeMS";
  names[68] = "prepareHandover";
  names[69] = "prepareSubsequentHandover";
  names[70] = "provideSubscriberInfo";
  names[71] = "anyTimeInterrogation";
  names[72] = "ss-InvocationNotification";
  names[73] = "setReportingState";
  names[74] = "statusReport";
  names[75] = "remoteUserFree";
  names[76] = "registerCC-Entry";
  names[77] = "eraseCC-Entry";
  names[78] = "secureTransportClass1";
  names[79] = "secureTransportClass2";
  names[80] = "secureTransportClass3";
  names[81] = "secureTransportClass4";
  names[83] = "provideSubscriberLocation";
  names[84] = "sendGroupCallInfo";
  names[85] = "sendRoutingInfoForLCS";
  names[86] = "subscriberLocationReport";
  names[87] = "ist-Alert";
  names[88] = "ist-Command";
  names[89] = "noteMM-Event";
  names[109] = "lcs-PeriodicLocationCancellation";
  names[110] = "lcs-LocationUpdate";
  names[111] = "lcs-PeriodicLocationRequest";
  names[112] = "lcs-AreaEventCancellation";
  names[113] = "lcs-AreaEventReport";
  names[114] = "lcs-AreaEventRequest";
  names[115] = "lcs-MOLR";
  names[116] = "lcs-LocationNotification";
  names[117] = "callDeflection";
  names[118] = "userUserService";
  names[119] = "accessRegisterCCEntry";
  names[120] = "forwardCUG-Info";
  names[121] = "splitMPTY";
  names[122] = "retrieveMPTY";
  names[123] = "holdMPTY";
  names[124] = "buildMPTY";
  names[125] = "forwardChargeAdvice";
  names[126] = "explicitCT";
  return names;
}();

constexpr auto error_names = [] {
  std::array<std::string_view, 73> names{};
  names[1] = "unknownSubscriber";
  names[2] = "unknownBaseStation";
  names[3] = "unknownMSC";
  names[4] = "secureTransportError";
  names[5] = "unidentifiedSubscriber";
  names[6] = "absentSubscriberSM";
  names[7] = "unknownEquipment";
  names[8] = "roamingNotAllowed";
  names[9] = "illegalSubscriber";
  names[10] = "bearerServiceNotProvisioned";
  names[11] = "teleserviceNotProvisioned";
  names[12] = "illegalEquipment";
  names[13] = "callBarred";
  names[14] = "forwardingViolation";
  names[15] = "cug-Reject";
  names[16] = "illegalSS-Operation";
  names[17] = "ss-ErrorStatus";
  names[18] = "ss-NotAvailable";
  names[19] = "ss-SubscriptionViolation";
  names[20] = "ss-Incompatibility";
  names[21] = "facilityNotSupported";
  names[22] = "ongoingGroupCall";
  names[23] = "invalidTargetBaseStation";
  names[24] = "noRadioResourceAvailable";
  names[25] = "noHandoverNumberAvailable";
  names[26] = "subsequentHandoverFailure";
  names[27] = "absentSubscriber";
  names[28] = "incompatibleTerminal";
  names[29] = "shortTermDenial";
  names[30] = "longTermDenial";
  names[31] = "subscriberBusyForMT-SMS";
  names[32] = "sm-DeliveryFailure";
  names[33] = "messageWaitingListFull";
  names[34] = "systemFailure";
  names[35] = "dataMissing";
  names[36] = "unexpectedDataValue";
  names[37] = "pw-RegistrationFailure";
  names[38] = "negativePW-Check";
  names[39] = "noRoamingNumberAvailable";
  names[40] = "tracingBufferFull";
  names[42] = "targetCellOutsideGroupCallArea";
  names[43] = "numberOfPW-AttemptsViolation";
  names[44] = "numberChanged";
  names[45] = "busySubscriber";
  names[46] = "noSubscriberReply";
  names[47] = "forwardingFailed";
  names[48] = "or-NotAllowed";
  names[49] = "ati-NotAllowed";
  names[50] = "noGroupCallNumberAvailable";
  names[51] = "resourceLimitation";
  names[52] = "unauthorizedRequestingNetwork";
  names[53] = "unauthorizedLCSClient";
  names[54] = "positionMethodFailure";
  names[58] = "unknownOrUnreachableLCSClient";
  names[59] = "mm-EventNotSupported";
  names[60] = "atsi-NotAllowed";
  names[61] = "atm-NotAllowed";
  names[62] = "informationNotAvailable";
  names[71] = "unknownAlphabet";
  names[72] = "ussd-Busy";
  return names;
}();

constexpr std::uint8_t first_camel_context =
    50;  // TS 29.078: cap-gsmssf-to-gsmscf and its assistants, 50 to 52
constexpr std::uint8_t last_camel_context = 52;
constexpr std::uint8_t short_msg_relay_context = 21;
constexpr std::int32_t forward_sm = 46;

}  // namespace

Context application_context(Octets oid) {
  Context context;
  if (oid.size() == gsm_network_ac.size() + 2 && begins_with(oid, gsm_network_ac)) {
    const auto number = std::to_integer<std::uint8_t>(oid[5]);
    if (number >= first_camel_context && number <= last_camel_context) {
      context.application = Application::camel;
      return context;
    }
    context.application = Application::map;
    context.number = number;
    context.version = std::to_integer<std::uint8_t>(oid[6]);
    const bool version_1_relay = number == short_msg_relay_context && context.version == 1;
    context.name = version_1_relay ? "shortMsgRelay" : name_at(context_names, number);
    return context;
  }
  if (begins_with(oid, camel_3) || begins_with(oid, camel_4)) context.application = Application::camel;
  else if (begins_with(oid, etsi_in_domain) || begins_with(oid, q_1200_series))
    context.application = Application::inap;
  return context;
}

std::string_view operation_name(std::int32_t code, std::uint8_t version) {
  // One operation for both directions until version 3 made two of it and left this code to the one.
  if (code == forward_sm && (version == 1 || version == 2)) return "forwardSM";
  return name_at(operation_names, code);
}

std::string_view error_name(std::int32_t code) { return name_at(error_names, code); }

}  // namespace tollgate::decode::map
