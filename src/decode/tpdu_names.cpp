#include "decode/tpdu_names.hpp"

namespace tollgate::decode {
namespace {

std::string_view telematic_device(std::uint64_t type) {
  switch (type) {
    case 0x00: return "telematic device: implicit, specific to this SC";
    case 0x01: return "telematic device: telex";
    case 0x02: return "telematic device: group 3 telefax";
    case 0x03: return "telematic device: group 4 telefax";
    case 0x04: return "telematic device: voice telephone (conversion to speech)";
    case 0x05: return "telematic device: ERMES";
    case 0x06: return "telematic device: National Paging System";
    case 0x07: return "telematic device: Videotex (T.100/T.101)";
    case 0x08: return "telematic device: teletex, carrier unspecified";
    case 0x09: return "telematic device: teletex, in PSPDN";
    case 0x0A: return "telematic device: teletex, in CSPDN";
    case 0x0B: return "telematic device: teletex, in analog PSTN";
    case 0x0C: return "telematic device: teletex, in digital ISDN";
    case 0x0D: return "telematic device: UCI";
    case 0x10: return "telematic device: a message handling facility";
    case 0x11: return "telematic device: any public X.400-based message handling system";
    case 0x12: return "telematic device: Internet Electronic Mail";
    case 0x1F: return "telematic device: a GSM/UMTS mobile station";
    default: break;
  }
  if (type >= 0x18 && type <= 0x1E) return "telematic device: SC specific";
  return "telematic device: reserved";
}

}  // namespace

std::string_view type_of_number_name(std::uint64_t type) {
  static constexpr std::string_view names[] = {
      "Unknown",
      "International number",
      "National number",
      "Network specific number",
      "Subscriber number",
      "Alphanumeric, (coded according to 3GPP TS 23.038 GSM 7-bit default alphabet)",
      "Abbreviated number",
      "Reserved for extension"};
  return names[type & 7U];
}

std::string_view numbering_plan_name(std::uint64_t plan) {
  switch (plan) {
    case 0: return "Unknown";
    case 1: return "ISDN/telephone numbering plan (E.164/E.163)";
    case 3: return "Data numbering plan (X.121)";
    case 4: return "Telex numbering plan";
    case 5:
    case 6: return "Service Centre Specific plan";
    case 8: return "National numbering plan";
    case 9: return "Private numbering plan";
    case 10: return "ERMES numbering plan (ETSI DE/PS 3 01-3)";
    case 15: return "Reserved for extension";
    default: return "Reserved";
  }
}

std::string_view protocol_identifier_name(std::uint64_t pid) {
  if (pid == 0) return "no telematic interworking, SME-to-SME protocol";
  if (pid < 0x20) return "no telematic interworking, the SM-AL protocol of this number";
  if (pid < 0x40) return telematic_device(pid & 0x1FU);
  switch (pid) {
    case 0x40: return "Short Message Type 0";
    case 0x41: return "Replace Short Message Type 1";
    case 0x42: return "Replace Short Message Type 2";
    case 0x43: return "Replace Short Message Type 3";
    case 0x44: return "Replace Short Message Type 4";
    case 0x45: return "Replace Short Message Type 5";
    case 0x46: return "Replace Short Message Type 6";
    case 0x47: return "Replace Short Message Type 7";
    case 0x48: return "Device Triggering Short Message";
    case 0x5E: return "Enhanced Message Service (Obsolete)";
    case 0x5F: return "Return Call Message";
    case 0x7C: return "ANSI-136 R-DATA";
    case 0x7D: return "ME Data download";
    case 0x7E: return "ME De-personalization Short Message";
    case 0x7F: return "(U)SIM Data download";
    default: break;
  }
  if (pid >= 0xC0) return "SC specific use";
  return "Reserved";
}

std::string_view status_name(std::uint64_t status) {
  switch (status) {
    case 0x00: return "Short message received by the SME";
    case 0x01: return "Short message forwarded by the SC to the SME but the SC is unable to confirm delivery";
    case 0x02: return "Short message replaced by the SC";
    case 0x20: return "Congestion; SC still trying";
    case 0x21: return "SME busy; SC still trying";
    case 0x22: return "No response from SME; SC still trying";
    case 0x23: return "Service rejected; SC still trying";
    case 0x24: return "Quality of service not available; SC still trying";
    case 0x25: return "Error in SME; SC still trying";
    case 0x40: return "Remote procedure error";
    case 0x41: return "Incompatible destination";
    case 0x42: return "Connection rejected by SME";
    case 0x43: return "Not obtainable";
    case 0x44: return "Quality of service not available";
    case 0x45: return "No interworking available";
    case 0x46: return "SM Validity Period Expired";
    case 0x47: return "SM Deleted by originating SME";
    case 0x48: return "SM Deleted by SC Administration";
    case 0x49: return "SM does not exist";
    case 0x60: return "Congestion; SC not trying any more";
    case 0x61: return "SME busy; SC not trying any more";
    case 0x62: return "No response from SME; SC not trying any more";
    case 0x63: return "Service rejected; SC not trying any more";
    case 0x64: return "Quality of service not available; SC not trying any more";
    case 0x65: return "Error in SME; SC not trying any more";
    default: break;
  }
  if ((status & 0x80U) != 0) return "Reserved";
  return (status & 0x1FU) >= 0x10U ? "specific to this SC" : "Reserved";
}

std::string_view command_type_name(std::uint64_t type) {
  switch (type) {
    case 0: return "Enquiry relating to previously submitted short message";
    case 1: return "Cancel Status Report Request relating to previously submitted short message";
    case 2: return "Delete previously submitted Short Message";
    case 3: return "Enable Status Report Request relating to previously submitted short message";
    default: return type >= 0xE0 ? "specific for each SC" : "Reserved";
  }
}

std::string_view failure_cause_name(std::uint64_t cause) {
  switch (cause) {
    case 0x80: return "Telematic interworking not supported";
    case 0x81: return "Short message Type 0 not supported";
    case 0x82: return "Cannot replace short message";
    case 0x8F: return "Unspecified TP-PID error";
    case 0x90: return "Data coding scheme (alphabet) not supported";
    case 0x91: return "Message class not supported";
    case 0x9F: return "Unspecified TP-DCS error";
    case 0xA0: return "Command cannot be actioned";
    case 0xA1: return "Command unsupported";
    case 0xAF: return "Unspecified TP-Command error";
    case 0xB0: return "TPDU not supported";
    case 0xC0: return "SC busy";
    case 0xC1: return "No SC subscription";
    case 0xC2: return "SC system failure";
    case 0xC3: return "Invalid SME address";
    case 0xC4: return "Destination SME barred";
    case 0xC5: return "SM Rejected-Duplicate SM";
    case 0xC6: return "TP-VPF not supported";
    case 0xC7: return "TP-VP not supported";
    case 0xD0: return "(U)SIM SMS storage full";
    case 0xD1: return "No SMS storage capability in (U)SIM";
    case 0xD2: return "Error in MS";
    case 0xD3: return "Memory Capacity Exceeded";
    case 0xD4: return "(U)SIM Application Toolkit Busy";
    case 0xD5: return "(U)SIM data download error";
    case 0xFF: return "Unspecified error cause";
    default: return cause >= 0xE0 ? "Values specific to an application" : "Reserved";
  }
}

}  // namespace tollgate::decode
