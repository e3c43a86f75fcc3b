#pragma once

#include <cstddef>
#include <cstdint>

#include "decode/octets.hpp"
#include "decode/smpp_names.hpp"

namespace tollgate::decode::smpp {

inline constexpr std::size_t header_size = 16;

/// The largest PDU that is read: a message_payload of 65,535 octets (SMPP 3.4 5.3.2.32), a submit_multi's 255
/// destinations and other fields, and 8 KiB of other optional parameters.
inline constexpr std::size_t max_pdu_size = 80 * 1024;

/// How an octet stream that is known to be SMPP goes on.
struct Frame {
  enum class Kind : std::uint8_t {
    need_more,  ///< the PDU is not complete
    pdu,        ///< a PDU of `size` octets stands at the start
    oversized,  ///< a PDU larger than the bound stands at the start; its octets may not all be there
    lost,       ///< command_length is impossible: the place is no PDU boundary
  };
  Kind kind;
  std::uint32_t size;  ///< of the PDU; for need_more, what is needed at least, counted from the start
};

/// Where the first PDU of `stream` ends. Asks only for a possible command_length: a receiver reads on
/// after a PDU whose other fields are wrong, so these must not hide what follows.
Frame frame(Octets stream, std::size_t max_size = max_pdu_size);

/// That of a PDU of at least 16 octets.
CommandId command_id_of(Octets pdu);

/// Whether octets begin with an SMPP header.
enum class Plausible : std::uint8_t {
  no,
  shape,  ///< they could: another command_id of SMPP's form, a status in a request, an unlikely length
  yes,    ///< command_id is defined, command_length suits it, and a request has command_status 0
  need_more,
};

/// Whether a connection of any port whose first octets these are is SMPP. Says `no` from the first octet that
/// rules SMPP out. (sequence_number is not asked: peers exist that count beyond its range.)
Plausible plausible_start(Octets stream);

/// Where the next PDU starts in a stream that was picked up in its middle.
struct Boundary {
  bool found;
  std::size_t offset;  ///< found: of the PDU. Else: no PDU starts before it; look again there with more
};

/// Looks for a plausible header (that of a message may have any command_status) from which, as far as
/// `stream` goes, a chain of plausible headers follows.
Boundary find_boundary(Octets stream);

}  // namespace tollgate::decode::smpp
