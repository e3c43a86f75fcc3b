#include "message/identity.hpp"

#define XXH_INLINE_ALL
#include <array>

#include <xxhash.h>

namespace tollgate {

MessageId identify(std::uint64_t connection, std::uint64_t position, std::uint32_t item, Octets octets) {
  const XXH128_hash_t content = XXH3_128bits(octets.data(), octets.size());
  const std::array<std::uint64_t, 5> whole{connection, position, item, content.low64, content.high64};
  const XXH128_hash_t id = XXH3_128bits(whole.data(), sizeof whole);
  return {.high = id.high64, .low = id.low64};
}

}  // namespace tollgate
