#pragma once

#include <cstdint>

#include "decode/octets.hpp"

namespace tollgate::flow {

/// What an SCTP user message is.
enum class SctpUser : std::uint8_t { m2ua, m3ua, sua, m2pa, encrypted, other };

/// By the payload protocol identifier (IANA), also where its sender wrote it in the wrong byte order; where
/// it is 0, unspecified, by a common header that fits (RFC 4666 1.4, shared by all SIGTRAN adaptations). DTLS
/// (RFC 6083) is told by its record header whatever the identifier: none is registered for SIGTRAN over DTLS.
SctpUser classify(std::uint32_t ppid, Octets payload);

constexpr bool is_ss7(SctpUser user) { return user != SctpUser::encrypted && user != SctpUser::other; }

/// Whether `classify` can find SS7 in a payload of this identifier: in one of SIGTRAN, or with 0.
bool may_be_ss7(std::uint32_t ppid);

}  // namespace tollgate::flow
