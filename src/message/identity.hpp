#pragma once

#include <cstdint>

#include "decode/octets.hpp"
#include "message/message.hpp"

namespace tollgate {

/// The identity of a message: a digest of its octets and of where it stood: which connection, which
/// position in it (TSN, octet of the stream), which item there. The same in every replay and on every
/// machine (XXH3, whose output is fixed), and no two messages of a capture share one.
MessageId identify(std::uint64_t connection, std::uint64_t position, std::uint32_t item, Octets octets);

}  // namespace tollgate
