#include "decode/xua.hpp"

namespace tollgate::decode::xua {
namespace {

/// Names by number, from 0 or 1 on; empty where there is none.
std::string_view name_of(std::span<const std::string_view> names, std::uint64_t number, std::uint64_t first) {
  return number >= first && number - first < names.size() ? names[number - first] : std::string_view{};
}

/// RFC 4666 3.8.1, RFC 3331 3.3.3.1, RFC 3868 3.9.1
std::string_view error_code_name(std::uint64_t code) {
  switch (code) {
    case 0x01: return "Invalid Version";
    case 0x02: return "Invalid Interface Identifier";
    case 0x03: return "Unsupported Message Class";
    case 0x04: return "Unsupported Message Type";
    case 0x05: return "Unsupported Traffic Mode Type";
    case 0x06: return "Unexpected Message";
    case 0x07: return "Protocol Error";
    case 0x08: return "Unsupported Interface Identifier Type";
    case 0x09: return "Invalid Stream Identifier";
    case 0x0d: return "Refused - Management Blocking";
    case 0x0e: return "ASP Identifier Required";
    case 0x0f: return "Invalid ASP Identifier";
    case 0x10: return "ASP Active for Interface Identifier(s)";
    case 0x11: return "Invalid Parameter Value";
    case 0x12: return "Parameter Field Error";
    case 0x13: return "Unexpected Parameter";
    case 0x14: return "Destination Status Unknown";
    case 0x15: return "Invalid Network Appearance";
    case 0x16: return "Missing Parameter";
    case 0x19: return "Invalid Routing Context";
    case 0x1a: return "No Configured AS for ASP";
    case 0x1b: return "Subsystem Status Unknown";
    case 0x1c: return "Invalid loadsharing label";
    default: return {};
  }
}

/// RFC 4666 3.7.1
std::string_view traffic_mode_name(std::uint64_t mode) {
  static constexpr std::string_view names[] = {"Override", "Loadshare", "Broadcast"};
  return name_of(names, mode, 1);
}

/// RFC 4666 3.8.2
std::string_view status_type_name(std::uint64_t type) {
  static constexpr std::string_view names[] = {"Application Server state change (AS-State_Change)", "Other"};
  return name_of(names, type, 1);
}

/// The parameters whose tags are common to the adaptation layers (RFC 4666 3.2).
constexpr Parameter common[] = {
    {0x0001, "Interface Identifier", Format::number},
    {0x0003, "Interface Identifier (text)", Format::text},
    {0x0004, "INFO String", Format::text},
    {0x0006, "Routing Context", Format::numbers},
    {0x0007, "Diagnostic Information"},
    {0x0008, "Interface Identifier (integer range)", Format::numbers},
    {0x0009, "Heartbeat Data"},
    {0x000b, "Traffic Mode Type", Format::number, traffic_mode_name},
    {0x000c, "Error Code", Format::number, error_code_name},
    {0x000d, "Status", Format::status, status_type_name},
    {0x0011, "ASP Identifier", Format::number},
    {0x0012, "Affected Point Code", Format::point_codes},
    {0x0013, "Correlation Id", Format::number},
    {0x0014, "Registration Result"},
    {0x0015, "Deregistration Result"},
    {0x0016, "Registration Status", Format::number},
    {0x0017, "Deregistration Status", Format::number},
    {0x0018, "Local Routing Key Identifier", Format::number},
};

}  // namespace

std::string_view class_name(std::uint64_t message_class) {
  static constexpr std::string_view names[] = {
      "Management (MGMT)",
      "Transfer",
      "SS7 Signalling Network Management (SSNM)",
      "ASP State Maintenance (ASPSM)",
      "ASP Traffic Maintenance (ASPTM)",
      "Q.921/Q.931 Boundary Primitives Transport (QPTM)",
      "MTP2 User Adaptation (MAUP)",
      "Connectionless",
      "Connection-Oriented",
      "Routing Key Management (RKM)",
      "Interface Identifier Management (IIM)",
      "M2PA",
  };
  return name_of(names, message_class, 0);
}

std::string_view type_name(std::uint8_t message_class, std::uint8_t message_type) {
  static constexpr std::string_view mgmt[] = {"Error (ERR)", "Notify (NTFY)"};
  static constexpr std::string_view transfer[] = {"Payload Data (DATA)"};
  static constexpr std::string_view ssnm[] = {
      "Destination Unavailable (DUNA)",           "Destination Available (DAVA)",
      "Destination State Audit (DAUD)",           "Signalling Congestion (SCON)",
      "Destination User Part Unavailable (DUPU)", "Destination Restricted (DRST)"};
  static constexpr std::string_view aspsm[] = {"ASP Up (ASPUP)",
                                               "ASP Down (ASPDN)",
                                               "Heartbeat (BEAT)",
                                               "ASP Up Acknowledgement (ASPUP ACK)",
                                               "ASP Down Acknowledgement (ASPDN ACK)",
                                               "Heartbeat Acknowledgement (BEAT ACK)"};
  static constexpr std::string_view asptm[] = {"ASP Active (ASPAC)", "ASP Inactive (ASPIA)",
                                               "ASP Active Acknowledgement (ASPAC ACK)",
                                               "ASP Inactive Acknowledgement (ASPIA ACK)"};
  static constexpr std::string_view maup[] = {"Data",
                                              "Establish Request",
                                              "Establish Confirm",
                                              "Release Request",
                                              "Release Confirm",
                                              "Release Indication",
                                              "State Request",
                                              "State Confirm",
                                              "State Indication",
                                              "Data Retrieval Request",
                                              "Data Retrieval Confirm",
                                              "Data Retrieval Indication",
                                              "Data Retrieval Complete Indication",
                                              "Congestion Indication",
                                              "Data Acknowledge"};
  static constexpr std::string_view connectionless[] = {"Connectionless Data Transfer (CLDT)",
                                                        "Connectionless Data Response (CLDR)"};
  static constexpr std::string_view connection_oriented[] = {"Connection Request (CORE)",
                                                             "Connection Acknowledge (COAK)",
                                                             "Connection Refused (COREF)",
                                                             "Release Request (RELRE)",
                                                             "Release Complete (RELCO)",
                                                             "Reset Confirm (RESCO)",
                                                             "Reset Request (RESRE)",
                                                             "Connection Oriented Data Transfer (CODT)",
                                                             "Connection Oriented Data Acknowledge (CODA)",
                                                             "Connection Oriented Error (COERR)",
                                                             "Inactivity Test (COIT)"};
  static constexpr std::string_view registration[] = {
      "Registration Request (REG REQ)", "Registration Response (REG RSP)",
      "Deregistration Request (DEREG REQ)", "Deregistration Response (DEREG RSP)"};
  static constexpr std::string_view m2pa[] = {"User Data", "Link Status"};
  switch (message_class) {
    case class_mgmt: return name_of(mgmt, message_type, 0);
    case class_transfer: return name_of(transfer, message_type, 1);
    case 2: return name_of(ssnm, message_type, 1);
    case 3: return name_of(aspsm, message_type, 1);
    case 4: return name_of(asptm, message_type, 1);
    case class_maup: return name_of(maup, message_type, 1);
    case class_connectionless: return name_of(connectionless, message_type, 1);
    case 8: return name_of(connection_oriented, message_type, 1);
    case 9:
    case 10: return name_of(registration, message_type, 1);
    case class_m2pa: return name_of(m2pa, message_type, 1);
    default: return {};
  }
}

Parameter find_parameter(std::span<const Parameter> own, std::uint16_t tag) {
  for (const std::span<const Parameter> table : {own, std::span<const Parameter>{common}}) {
    for (const Parameter& parameter : table) {
      if (parameter.tag == tag) return parameter;
    }
  }
  return {tag, "Unknown parameter"};
}

std::string_view service_indicator_name(std::uint64_t si) {
  static constexpr std::string_view names[] = {
      "signalling network management",
      "signalling network testing and maintenance",
      "signalling network testing and maintenance, special",
      "SCCP",
      "telephone user part",
      "ISDN user part",
      "data user part, call and circuit related",
      "data user part, facility registration and cancellation",
      "MTP testing user part",
      "broadband ISDN user part",
      "satellite ISDN user part",
      {},
      "AAL type 2 signalling",
      "bearer independent call control",
      "gateway control protocol",
  };
  return name_of(names, si, 0);
}

std::string_view network_indicator_name(std::uint64_t ni) {
  static constexpr std::string_view names[] = {"international network", "spare (for international use only)",
                                               "national network", "reserved for national use"};
  return name_of(names, ni, 0);
}

}  // namespace tollgate::decode::xua
