#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace tollgate {

/// An IPv4 or IPv6 address. IPv4 stands in the first four octets, the rest is zero.
struct IpAddress {
  std::array<std::byte, 16> octets{};
  std::uint8_t version = 0;  ///< 4, 6, or 0 where there is none (a capture without IP)

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace tollgate
