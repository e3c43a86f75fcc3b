#pragma once

#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// MTP2 Peer-to-Peer User Adaptation Layer, RFC 4165.
namespace tollgate::decode::m2pa {

enum class MessageType : std::uint8_t { user_data = 1, link_status = 2 };

struct Message {
  MessageType type{};
  std::uint32_t bsn = 0;                ///< backward sequence number, 24 bits
  std::uint32_t fsn = 0;                ///< forward sequence number, 24 bits
  std::uint8_t priority = 0;            ///< of User Data that is not empty: 0 to 3
  std::optional<std::uint32_t> status;  ///< of Link Status
  Octets mtp3;      ///< of User Data: from the service information octet on; empty where it only acknowledges
  Octets trailing;  ///< octets after the message: to be counted
};

/// Errors have Layer::m2pa: truncated, bad_version, bad_length, unknown_type.
Result<Message> decode(Octets input, Trace* trace = nullptr);

}  // namespace tollgate::decode::m2pa
