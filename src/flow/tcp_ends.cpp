#include "flow/tcp_ends.hpp"

#define XXH_INLINE_ALL
#include <cstring>

#include <xxhash.h>

namespace tollgate::flow {

TcpPlace tcp_place(const Carriage& carriage) {
  const TcpEnds::End from{carriage.source, carriage.source_port};
  const TcpEnds::End to{carriage.destination, carriage.destination_port};
  const int order = std::memcmp(from.ip.octets.data(), to.ip.octets.data(), from.ip.octets.size());
  if (order < 0 || (order == 0 && from.port <= to.port)) return {{{from, to}}, 0};
  return {{{to, from}}, 1};
}

std::array<std::uint64_t, 2> tcp_identities(const TcpEnds& ends, std::uint64_t salt) {
  constexpr std::size_t end_size = 19;
  std::array<std::uint64_t, 2> identities{};
  for (unsigned side = 0; side < 2; ++side) {
    std::array<std::byte, 2 * end_size + sizeof salt> whole{};
    std::byte* at = whole.data();
    for (const unsigned i : {side, 1U - side}) {
      const TcpEnds::End& end = ends.ends[i];
      std::memcpy(at, end.ip.octets.data(), 16);
      at[16] = static_cast<std::byte>(end.ip.version);
      std::memcpy(at + 17, &end.port, 2);
      at += end_size;
    }
    std::memcpy(at, &salt, sizeof salt);
    identities[side] = XXH3_64bits(whole.data(), whole.size());
  }
  return identities;
}

void name_direction(Carriage& carriage, const TcpEnds& ends, const std::array<std::uint64_t, 2>& identities,
                    unsigned side) {
  const TcpEnds::End& from = ends.ends[side];
  const TcpEnds::End& to = ends.ends[1U - side];
  carriage.source = from.ip;
  carriage.destination = to.ip;
  carriage.source_port = from.port;
  carriage.destination_port = to.port;
  carriage.connection = identities[side];
  carriage.opposite = identities[1U - side];
}

}  // namespace tollgate::flow
