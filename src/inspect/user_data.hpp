#pragma once

#include <cstddef>
#include <cstdint>

#include "decode/octets.hpp"
#include "message/arena.hpp"
#include "message/counters.hpp"
#include "message/message.hpp"

namespace tollgate::inspect {

/// User data of a TPDU or of an SMPP PDU that carries a GSM data coding.
struct UserData {
  std::uint8_t dcs = 0;     ///< TS 23.038 data coding scheme
  bool has_header = false;  ///< TP-UDHI, or the UDHI bit of SMPP's esm_class
  /// TP-UDL: septets where the alphabet is GSM 7 bit and the text is packed, else octets.
  std::size_t length = 0;
  Octets octets;       ///< with the header in front
  bool packed = true;  ///< GSM 7 bit text is packed after the header's fill bits; else one septet an octet
};

/// Fills dcs, coding, message_class, udh, ports, parts, body, language, and has_text and text, or data. Views
/// point into `octets` or into `arena`. A header that cannot be read and text for which the arena has no room
/// are counted; the octets are then in `data`.
void read_user_data(const UserData& user_data, Message& message, Arena& arena, Counters& counters);

/// What a user data header at the start of octets said.
struct HeaderReading {
  bool ok = true;          ///< else the header is longer than the octets: counted
  std::size_t length = 0;  ///< octets of the header, where the text begins; 0 where not ok
  std::uint8_t locking_shift = 0;
  std::uint8_t single_shift = 0;
};

/// Fills udh, ports and parts alone: for a caller that reads the text itself.
HeaderReading read_user_data_header(Octets octets, Message& message, Counters& counters);

}  // namespace tollgate::inspect
