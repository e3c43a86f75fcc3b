#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

namespace tollgate::decode::smpp {

/// Tags of the optional parameters that Tollgate itself looks at. `find_definition` knows all.
namespace tag {
inline constexpr std::uint16_t receipted_message_id = 0x001E;
inline constexpr std::uint16_t user_message_reference = 0x0204;
inline constexpr std::uint16_t source_port = 0x020A;
inline constexpr std::uint16_t destination_port = 0x020B;
inline constexpr std::uint16_t sar_msg_ref_num = 0x020C;
inline constexpr std::uint16_t sar_total_segments = 0x020E;
inline constexpr std::uint16_t sar_segment_seqnum = 0x020F;
inline constexpr std::uint16_t sc_interface_version = 0x0210;
inline constexpr std::uint16_t message_payload = 0x0424;
inline constexpr std::uint16_t broadcast_area_identifier = 0x0606;
}  // namespace tag

enum class TlvKind : std::uint8_t {
  integer,   ///< big-endian, 0 to 4 octets
  c_string,  ///< C-octet string
  octets,    ///< octet string
};

/// An optional parameter that the standard defines (SMPP 3.4 5.3.2, SMPP 5.0 4.8.4).
struct TlvDefinition {
  std::uint16_t tag;
  TlvKind kind;
  std::string_view name;  ///< the standard's spelling; static storage
};

/// Null for a tag that no version defines (0x1400 to 0x3FFF are for vendors).
const TlvDefinition* find_definition(std::uint16_t tag);

/// An optional parameter as it stands in a PDU.
struct Tlv {
  std::uint16_t tag = 0;
  Octets value;  ///< without tag and length
  Octets whole;  ///< with them

  /// The value of an integer parameter; nothing where it is longer than 4 octets or empty.
  std::optional<std::uint32_t> integer() const;
  /// The value as characters, up to the first NUL.
  std::string_view chars() const;
};

/// Walks over the optional parameters of a PDU, one after the other:
///
///     0                   1                   2                   3
///     +---------------+---------------+---------------+---------------+---------
///     |          Parameter Tag        |             Length            | Value ...
///     +---------------+---------------+---------------+---------------+---------
///
/// SMPP 3.4 3.2.4.1. Allocates nothing; `next` gives nothing at the end and where a parameter is broken,
/// `fault` says which of them it was.
class TlvWalk {
 public:
  /// `offset` of `tlvs` in the decoder's input, for errors.
  explicit TlvWalk(Octets tlvs, std::size_t offset = 0) : rest_(tlvs), offset_(offset) {}

  std::optional<Tlv> next() {
    if (rest_.size() < 4) return {};
    const auto octet = [this](std::size_t at) { return std::to_integer<unsigned>(rest_[at]); };
    const std::size_t length = octet(2) << 8U | octet(3);
    if (length > rest_.size() - 4) return {};
    const Tlv tlv{static_cast<std::uint16_t>(octet(0) << 8U | octet(1)), rest_.subspan(4, length),
                  rest_.first(4 + length)};
    rest_ = rest_.subspan(4 + length);
    offset_ += 4 + length;
    return tlv;
  }

  /// After `next` gave nothing: why octets are left over.
  std::optional<Error> fault() const {
    if (rest_.empty()) return {};
    return Error{Layer::smpp, rest_.size() < 4 ? Reason::trailing_octets : Reason::bad_length,
                 static_cast<std::uint32_t>(offset_)};
  }
  /// What was not walked yet.
  Octets rest() const { return rest_; }

 private:
  Octets rest_;
  std::size_t offset_;
};

/// Shows every optional parameter of `tlvs`, with its name and the meaning of its value.
void trace_tlvs(Octets tlvs, Trace& trace);

}  // namespace tollgate::decode::smpp
