#pragma once

#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/sccp.hpp"
#include "decode/trace.hpp"

/// SCCP User Adaptation Layer, RFC 3868.
namespace tollgate::decode::sua {

/// A message. Addresses and segmentation have the same meaning as in SCCP. Views point into the input.
struct Message {
  std::uint8_t message_class = 0;
  std::uint8_t message_type = 0;
  Octets routing_context;           ///< numbers of 32 bits
  std::uint8_t protocol_class = 0;  ///< 0 to 3
  bool return_on_error = false;
  std::optional<std::uint8_t> return_cause;  ///< of CLDR: where the SCCP cause is a return cause
  std::optional<std::uint8_t> hop_counter;
  std::optional<std::uint32_t> sequence_control;
  std::optional<std::uint8_t> importance;
  sccp::Address source;       ///< the calling party
  sccp::Address destination;  ///< the called party
  std::optional<sccp::Segmentation> segmentation;
  Octets data;
  Octets trailing;  ///< octets after the message: to be counted
};

/// Connectionless Data Transfer: what UDT, XUDT and LUDT are in SCCP.
bool is_cldt(const Message& message);
/// Connectionless Data Response: what UDTS, XUDTS and LUDTS are in SCCP.
bool is_cldr(const Message& message);

/// Errors have Layer::sua: truncated, bad_version, bad_length, unknown_type, too_many for a second Data or
/// address, and missing_field where CLDT has no data. A missing address, although mandatory, is no error:
/// a peer that serves one destination delivers such a message.
Result<Message> decode(Octets input, Trace* trace = nullptr);

}  // namespace tollgate::decode::sua
