#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/global_title.hpp"
#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// Signalling Connection Control Part, ITU-T Q.711 to Q.714.
namespace tollgate::decode::sccp {

/// Q.713 2.1, table 1
enum class MessageType : std::uint8_t {
  CR = 1,
  CC,
  CREF,
  RLSD,
  RLC,
  DT1,
  DT2,
  AK,
  UDT,
  UDTS,
  ED,
  EA,
  RSR,
  RSC,
  ERR,
  IT,
  XUDT,
  XUDTS,
  LUDT,
  LUDTS,
};

/// A called or calling party address (Q.713 3.4). A field that the address does not include is empty.
struct Address {
  bool route_on_ssn = false;  ///< routing indicator: else the message is routed on the global title
  std::optional<std::uint8_t> ssn;
  std::optional<std::uint32_t> point_code;  ///< 14 bits in SCCP, up to 32 in SUA
  GlobalTitle gt;
  Octets octets;  ///< the whole address as it stands in the message, without tag and length
};

/// The segmentation parameter (Q.713 3.17, RFC 3868 3.10.23).
struct Segmentation {
  bool first = false;
  bool class_1 = false;               ///< in-sequence delivery was selected by the sender
  std::uint8_t remaining = 0;         ///< segments that follow this one: 0 to 15
  std::uint32_t local_reference = 0;  ///< 24 bits; read least significant octet first
};

/// A connectionless message. Of a connection-oriented one only `type` is set. Views point into the input.
struct Message {
  MessageType type{};
  std::uint8_t protocol_class = 0;  ///< 0 to 3
  bool return_on_error = false;     ///< the sender asks to be told when the message cannot be delivered
  std::uint8_t return_cause = 0;    ///< of UDTS, XUDTS, LUDTS
  std::uint8_t hop_counter = 0;     ///< of XUDT(S), LUDT(S)
  Address called;
  Address calling;
  Octets data;
  std::optional<Segmentation> segmentation;
  std::optional<std::uint8_t> importance;  ///< 0 to 7
};

/// UDT, XUDT, LUDT or one of their services: the messages that are read in full.
bool is_connectionless(MessageType type);
/// UDTS, XUDTS, LUDTS: the message comes back because it could not be delivered.
bool is_service(MessageType type);

/// Reads an SCCP message (ITU). Errors have Layer::sccp: truncated, bad_pointer, bad_length, unknown_type.
Result<Message> decode(Octets input, Trace* trace = nullptr);

/// Whether `input` is laid out as an ITU connectionless message: its pointers and lengths agree.
bool is_plausible(Octets input);

/// A message of SCCP management: the data of a message to subsystem 1 (Q.713 5).
struct Management {
  std::uint8_t format_identifier = 0;  ///< 1 SSA, 2 SSP, 3 SST, 4 SOR, 5 SOG, 6 SSC
  std::uint8_t affected_ssn = 0;
  std::uint16_t affected_pc = 0;
  std::uint8_t multiplicity = 0;      ///< subsystem multiplicity indicator
  std::uint8_t congestion_level = 0;  ///< of SSC
};
Result<Management> decode_management(Octets input, Trace* trace = nullptr);

/// Names; empty where Q.713 has none.
std::string_view to_string(MessageType type);  ///< `UDT`
std::string_view return_cause_name(std::uint64_t cause);
std::string_view management_name(std::uint64_t format_identifier);

}  // namespace tollgate::decode::sccp
