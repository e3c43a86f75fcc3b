#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "decode/octets.hpp"

namespace tollgate::decode {

/// Adds octets to a running Internet checksum (RFC 1071), in the machine's byte order. Start with 0; what
/// follows octets of odd number may not be added. The sum can be carried over up to 2^31 octets.
inline std::uint64_t checksum_add(std::uint64_t sum, Octets octets) {
  const std::byte* at = octets.data();
  std::size_t left = octets.size();
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    low += word & 0xffffffffU;
    high += word >> 32U;
  }
  if (left >= 4) {  // an IPv4 header has 20 octets
    std::uint32_t word = 0;
    std::memcpy(&word, at, 4);
    low += word;
    at += 4;
    left -= 4;
  }
  std::uint32_t rest = 0;  // the missing octets count as zero
  if (left != 0) std::memcpy(&rest, at, left);
  return sum + low + high + rest;
}

/// The sum folded to 16 bits, in the machine's byte order. Over octets that include a correct checksum it is
/// 0xffff.
inline std::uint16_t checksum_fold(std::uint64_t sum) {
  sum = (sum & 0xffffffffU) + (sum >> 32U);
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(sum);
}

/// A 16-bit number for `checksum_add`'s sum.
inline std::uint64_t checksum_word(std::uint16_t number) {
  if constexpr (std::endian::native == std::endian::little)
    return static_cast<std::uint16_t>(number << 8U | number >> 8U);
  return number;
}

}  // namespace tollgate::decode
