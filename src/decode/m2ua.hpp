#pragma once

#include <cstdint>
#include <optional>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// MTP2 User Adaptation Layer, RFC 3331: a common header (xua.hpp), then parameters. Of a Data message (MAUP,
/// type 1), 3.3.1.1:
///
///      0                   1                   2                   3
///     +---------------+---------------+---------------+---------------+
///     |     Tag 0x0001 (or 0x0003)    |           Length              |
///     +---------------+---------------+---------------+---------------+
///     |        Interface Identifier: a number (or a text)             |
///     +---------------+---------------+---------------+---------------+
///     |     Tag 0x0300 (or 0x0301)    |           Length              |
///     +---------------+---------------+---------------+---------------+
///     |  Protocol Data 1: the MSU from its service information octet  |
///     |  (Protocol Data 2, TTC: from its length indicator octet)      |
///     +---------------------------------------------------------------+
namespace tollgate::decode::m2ua {

struct Message {
  std::uint8_t message_class = 0;
  std::uint8_t message_type = 0;
  std::optional<std::uint32_t> interface_identifier;  ///< the first one, where it is a number
  std::uint8_t priority = 0;  ///< of a Data message with TTC protocol data: from its length indicator octet
  Octets mtp3;                ///< of a Data message: from the service information octet on
  Octets trailing;            ///< octets after the message: to be counted
};

/// Errors have Layer::m2ua: truncated, bad_version, bad_length, unknown_type, missing_field, and too_many
/// for a second Protocol Data.
Result<Message> decode(Octets input, Trace* trace = nullptr);

}  // namespace tollgate::decode::m2ua
