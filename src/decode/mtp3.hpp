#pragma once

#include <cstdint>

#include "decode/octets.hpp"
#include "decode/result.hpp"
#include "decode/trace.hpp"

/// Message Transfer Part level 3: Q.704 and Q.2210, ANSI T1.111.4, JT-Q704.
namespace tollgate::decode::mtp3 {

/// The national variants differ in the routing label.
enum class Variant : std::uint8_t {
  itu,    ///< point codes of 14 bits
  ansi,   ///< point codes of 24 bits
  japan,  ///< point codes of 16 bits
};

/// A message signal unit's service information octet, label and user part.
struct Message {
  std::uint8_t si = 0;        ///< service indicator: 3 is SCCP
  std::uint8_t ni = 0;        ///< network indicator
  std::uint8_t priority = 0;  ///< the two bits between them; of ITU spare
  std::uint32_t dpc = 0;
  std::uint32_t opc = 0;
  std::uint8_t sls = 0;
  Octets user_data;
};

/// Errors have Layer::mtp3: truncated.
Result<Message> decode(Octets input, Variant variant = Variant::itu, Trace* trace = nullptr);

/// The variant under whose label an SCCP message stands that is sound: ITU where more than one or none
/// fits, or where the user is not SCCP. Q.704 has no field that tells.
Variant recognise(Octets input);

std::string_view to_string(Variant variant);

}  // namespace tollgate::decode::mtp3
