#pragma once

#include <cstdint>

#include "decode/octets.hpp"

namespace tollgate::dpdk {

/// Which of `workers` an Ethernet frame belongs to: both directions of a flow to the same, in order.
///
/// TCP and UDP: by addresses and ports. SCTP: by its ports alone, so that all paths of a multi-homed
/// association meet. Fragments of IP, which do not all have ports, and what else is IP: by addresses. What is
/// not IP: the first.
std::uint32_t worker_of(Octets frame, std::uint32_t workers);

}  // namespace tollgate::dpdk
