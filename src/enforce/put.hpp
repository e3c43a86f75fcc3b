#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "decode/checksum.hpp"

namespace tollgate::enforce {

// Fields of headers, in network byte order.

inline void put8(std::byte* at, std::size_t value) { *at = static_cast<std::byte>(value); }

inline void put16(std::byte* at, std::size_t value) {
  put8(at, value >> 8U);
  put8(at + 1, value);
}

inline void put32(std::byte* at, std::uint32_t value) {
  put16(at, value >> 16U);
  put16(at + 2, value & 0xffffU);
}

/// A sum that `checksum_fold` has folded, complemented, where the field stands.
inline void put_checksum(std::byte* at, std::uint64_t sum) {
  const auto checksum = static_cast<std::uint16_t>(~decode::checksum_fold(sum));
  std::memcpy(at, &checksum, sizeof checksum);
}

}  // namespace tollgate::enforce
