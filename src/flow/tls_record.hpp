#pragma once

#include "decode/octets.hpp"

namespace tollgate::flow {

/// Whether octets begin with a TLS record (RFC 8446 5.1): ContentType 8, ProtocolVersion 16 (major 3),
/// length 16.
inline bool is_tls_record(Octets octets) {
  constexpr unsigned largest_record = (1U << 14U) + 2'048;
  if (octets.size() < 5) return false;
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(octets[i]); };
  const unsigned length = at(3) << 8U | at(4);
  return at(0) >= 20 && at(0) <= 23 && at(1) == 3 && at(2) <= 4 && length != 0 && length <= largest_record;
}

}  // namespace tollgate::flow
