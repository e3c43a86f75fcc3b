#pragma once

#include <cstdint>

namespace tollgate::flow {

/// How far `sequence` is ahead of `base`; negative behind it (RFC 9293 3.4: arithmetic modulo 2^32).
constexpr std::int32_t distance(std::uint32_t base, std::uint32_t sequence) {
  return static_cast<std::int32_t>(sequence - base);
}

constexpr std::uint32_t earlier(std::uint32_t a, std::uint32_t b) { return distance(a, b) < 0 ? b : a; }
constexpr std::uint32_t later(std::uint32_t a, std::uint32_t b) { return distance(a, b) > 0 ? b : a; }

}  // namespace tollgate::flow
