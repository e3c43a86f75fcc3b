#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// MTP3 User Adaptation Layer, RFC 4666.
namespace tollgate::decode::m3ua {

/// The Protocol Data parameter (3.3.1): what MTP3 would have delivered.
struct ProtocolData {
  std::uint32_t opc = 0;  ///< originating point code
  std::uint32_t dpc = 0;  ///< destination point code
  std::uint8_t si = 0;    ///< service indicator: 3 is SCCP
  std::uint8_t ni = 0;    ///< network indicator
  std::uint8_t mp = 0;    ///< message priority
  std::uint8_t sls = 0;   ///< signalling link selection
  Octets user_data;
};

/// A message. Views point into the input.
struct Message {
  std::uint8_t message_class = 0;
  std::uint8_t message_type = 0;
  std::optional<std::uint32_t> network_appearance;
  Octets routing_context;            ///< numbers of 32 bits
  std::optional<ProtocolData> data;  ///< of DATA only, where it is mandatory
  Octets trailing;                   ///< octets after the message: to be counted
};

inline constexpr std::uint8_t service_indicator_sccp = 3;

/// Errors have Layer::m3ua: truncated, bad_version, bad_length, unknown_type, missing_field, and too_many
/// for a second Protocol Data.
Result<Message> decode(Octets input, Trace* trace = nullptr);

/// Whether `input` begins with an M3UA header: for SCTP data whose payload protocol identifier is 0.
bool is_plausible(Octets input);

}  // namespace tollgate::decode::m3ua
