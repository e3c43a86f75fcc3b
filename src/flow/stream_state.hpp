#pragma once

#include <cstdint>

namespace tollgate::flow {

/// What the reader of a stream is told of it, and may keep with it. One for each direction of a connection.
struct StreamState {
  bool from_start = false;  ///< the connection's beginning was seen: position 0 is the first octet
  bool lost = false;        ///< octets are missing before those offered now, which may begin inside a PDU
  bool finished = false;    ///< nothing comes after the octets offered now
  bool not_mine = false;    ///< set by the reader: neither direction of this connection is offered any more
  std::uint32_t user = 0;   ///< the reader's own; 0 when a connection begins
};

}  // namespace tollgate::flow
