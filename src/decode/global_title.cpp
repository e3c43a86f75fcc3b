#include "decode/global_title.hpp"

#include "decode/digit_pairs.hpp"

namespace tollgate::decode::sccp {

std::size_t digits(const GlobalTitle& gt, std::span<char> out) {
  static constexpr DigitPairs pairs = digit_pairs("0123456789ABCDEF");
  return write_digits(gt.address, gt.signals, pairs, out);
}

/// Q.713 3.4.2.3, 3.4.2.3.3
std::string_view numbering_plan_name(std::uint64_t code) {
  switch (code) {
    case 0: return "unknown";
    case 1: return "ISDN/telephony numbering plan (E.163, E.164)";
    case 2: return "generic numbering plan";
    case 3: return "data numbering plan (X.121)";
    case 4: return "telex numbering plan (F.69)";
    case 5: return "maritime mobile numbering plan (E.210, E.211)";
    case 6: return "land mobile numbering plan (E.212)";
    case 7: return "ISDN/mobile numbering plan (E.214)";
    case 14: return "private network or network-specific numbering plan";
    case 15: return "reserved";
    default: return "spare";
  }
}

/// Q.713 3.4.2.3.3
std::string_view encoding_scheme_name(std::uint64_t code) {
  switch (code) {
    case 0: return "unknown";
    case 1: return "BCD, odd number of digits";
    case 2: return "BCD, even number of digits";
    case 3: return "national specific";
    case 15: return "reserved";
    default: return "spare";
  }
}

/// Q.713 3.4.2.3.1
std::string_view nature_of_address_name(std::uint64_t code) {
  switch (code) {
    case 0: return "unknown";
    case 1: return "subscriber number";
    case 2: return "reserved for national use";
    case 3: return "national significant number";
    case 4: return "international number";
    default: return code < 112 ? "spare" : code < 127 ? "reserved for national use" : "reserved";
  }
}

/// Q.713 3.4.1
std::string_view gt_indicator_name(std::uint64_t indicator) {
  switch (indicator) {
    case 0: return "no global title included";
    case 1: return "nature of address only";
    case 2: return "translation type only";
    case 3: return "translation type, numbering plan, encoding scheme";
    case 4: return "translation type, numbering plan, encoding scheme, nature of address";
    case 15: return "reserved for extension";
    default: return indicator < 8 ? "spare international" : "spare national";
  }
}

/// Q.713 3.4.2.2 for 0 to 14, TS 23.003 8.2 for the others
std::string_view subsystem_name(std::uint64_t ssn) {
  switch (ssn) {
    case 0: return "not known or not used";
    case 1: return "SCCP management";
    case 2: return "reserved";
    case 3: return "ISUP";
    case 4: return "OMAP";
    case 5: return "MAP";
    case 6: return "HLR";
    case 7: return "VLR";
    case 8: return "MSC";
    case 9: return "EIR";
    case 10: return "AuC";
    case 11: return "ISDN supplementary services";
    case 13: return "broadband ISDN edge-to-edge applications";
    case 14: return "TC test responder";
    case 142: return "RANAP";
    case 143: return "RNSAP";
    case 145: return "GMLC (MAP)";
    case 146: return "CAP";
    case 147: return "gsmSCF (MAP) or IM-SSF (MAP) or Presence Network Agent";
    case 148: return "SIWF (MAP)";
    case 149: return "SGSN (MAP)";
    case 150: return "GGSN (MAP)";
    case 249: return "PCAP";
    case 250: return "BSC (BSSAP-LE)";
    case 251: return "MSC (BSSAP-LE)";
    case 252: return "SMLC (BSSAP-LE)";
    case 253: return "BSS O&M (A interface)";
    case 254: return "BSSAP (A interface)";
    default: return {};
  }
}

}  // namespace tollgate::decode::sccp
