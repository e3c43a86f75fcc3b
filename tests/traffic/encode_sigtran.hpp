#pragma once

#include <cstdint>
#include <span>

#include "traffic/bytes.hpp"
#include "traffic/encode_sccp.hpp"

namespace tollgate::traffic {

// Payload protocol identifiers (IANA)
constexpr std::uint32_t ppid_m2ua = 2;
constexpr std::uint32_t ppid_m3ua = 3;
constexpr std::uint32_t ppid_sua = 4;
constexpr std::uint32_t ppid_m2pa = 5;

/// Q.704 routing label: who sends to whom, and over which link.
struct RoutingLabel {
  std::uint32_t opc = 0;
  std::uint32_t dpc = 0;
  std::uint8_t sls = 0;
};

/// MTP3 signalling information: SIO, routing label, user part (Q.704 14.2).
void mtp3(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
          std::span<const std::uint8_t> user_part);
/// The same of ANSI T1.111.4, clause 2.2: point codes of three octets, of which the label gives the member.
void ansi_mtp3(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
               std::span<const std::uint8_t> user_part);
/// MTP2 as capture files hold it: BSN, FSN, LI, SIO ... without the check bits (Q.703 2.2).
void mtp2(Bytes& out, std::uint8_t fsn, std::span<const std::uint8_t> mtp3_message);
/// M3UA DATA (RFC 4666 3.3.1).
void m3ua_data(Bytes& out, const RoutingLabel& label, std::uint8_t service_indicator,
               std::span<const std::uint8_t> user_part);
/// An M3UA message without parameters other than `information` (class and type of RFC 4666 3.1.2).
void m3ua_management(Bytes& out, std::uint8_t message_class, std::uint8_t message_type);
/// M2UA Data 1 (RFC 3331 3.3.1.1).
void m2ua_data(Bytes& out, std::span<const std::uint8_t> mtp3_message);
/// M2PA User Data (RFC 4165 2.3.1); the association fills in the sequence numbers.
void m2pa_data(Bytes& out, std::span<const std::uint8_t> mtp3_message);
/// SUA CLDT, or CLDR where a cause is given (RFC 3868 3.3).
void sua_data(Bytes& out, const sccp::Message& message);

constexpr std::uint8_t service_indicator_management = 0;
constexpr std::uint8_t service_indicator_sccp = 3;
constexpr std::uint8_t service_indicator_isup = 5;

}  // namespace tollgate::traffic
