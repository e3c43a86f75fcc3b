#include "traffic/encode_map.hpp"

namespace tollgate::traffic::map {

std::string_view name(std::int32_t operation) {
  switch (operation) {
    case update_location: return "updateLocation";
    case cancel_location: return "cancelLocation";
    case provide_roaming_number: return "provideRoamingNumber";
    case insert_subscriber_data: return "insertSubscriberData";
    case send_routing_info: return "sendRoutingInfo";
    case update_gprs_location: return "updateGprsLocation";
    case check_imei: return "checkIMEI";
    case mt_forward_sm: return "mt-forwardSM";
    case send_routing_info_for_sm: return "sendRoutingInfoForSM";
    case mo_forward_sm: return "mo-forwardSM";
    case report_sm_delivery_status: return "reportSM-DeliveryStatus";
    case alert_service_centre_without_result: return "alertServiceCentreWithoutResult";
    case send_identification: return "sendIdentification";
    case send_authentication_info: return "sendAuthenticationInfo";
    case restore_data: return "restoreData";
    case process_unstructured_ss_request: return "processUnstructuredSS-Request";
    case unstructured_ss_request: return "unstructuredSS-Request";
    case inform_service_centre: return "informServiceCentre";
    case alert_service_centre: return "alertServiceCentre";
    case ready_for_sm: return "readyForSM";
    case purge_ms: return "purgeMS";
    case provide_subscriber_info: return "provideSubscriberInfo";
    case any_time_interrogation: return "anyTimeInterrogation";
    default: return {};
  }
}

std::string_view error_name(std::int32_t error) {
  switch (error) {
    case 1: return "unknownSubscriber";
    case 5: return "unidentifiedSubscriber";
    case 6: return "absentSubscriberSM";
    case 9: return "illegalSubscriber";
    case 11: return "teleserviceNotProvisioned";
    case 12: return "illegalEquipment";
    case 13: return "callBarred";
    case 21: return "facilityNotSupported";
    case 27: return "absentSubscriber";
    case 31: return "subscriberBusyForMT-SMS";
    case 32: return "sm-DeliveryFailure";
    case 33: return "messageWaitingListFull";
    case 34: return "systemFailure";
    case 35: return "dataMissing";
    case 36: return "unexpectedDataValue";
    default: return {};
  }
}

std::string_view context_name(std::uint8_t context) {
  switch (context) {
    case network_loc_up: return "networkLocUp";
    case location_cancellation: return "locationCancel";
    case roaming_number_enquiry: return "roamingNumberEnquiry";
    case location_info_retrieval: return "locationInfoRetrieval";
    case equipment_mngt: return "equipmentMngt";
    case info_retrieval: return "infoRetrieval";
    case inter_vlr_info_retrieval: return "interVlrInfoRetrieval";
    case subscriber_data_mngt: return "subscriberDataMngt";
    case network_unstructured_ss: return "networkUnstructuredSs";
    case short_msg_gateway: return "shortMsgGateway";
    case short_msg_mo_relay: return "shortMsgMO-Relay";
    case short_msg_alert: return "shortMsgAlert";
    case mwd_mngt: return "mwdMngt";
    case short_msg_mt_relay: return "shortMsgMT-Relay";
    case ms_purging: return "msPurging";
    case subscriber_info_enquiry: return "subscriberInfoEnquiry";
    case any_time_info_enquiry: return "anyTimeInfoEnquiry";
    case gprs_location_update: return "gprsLocationUpdate";
    default: return {};
  }
}

}  // namespace tollgate::traffic::map
