#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tollgate {

/// A read-only view of octets as they stand in a packet or in a reassembly buffer. Never owns.
using Octets = std::span<const std::byte>;

/// The same octets as characters, for fields whose content is text. Lives as long as `octets` does.
inline std::string_view as_chars(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline Octets as_octets(std::string_view chars) {
  return std::as_bytes(std::span{chars.data(), chars.size()});
}

}  // namespace tollgate
