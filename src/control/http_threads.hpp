#pragma once

namespace tollgate::control {

/// That answer over the socket, and as many over the network.
inline constexpr int threads_a_way = 6;

/// That may work with the ledger at once, of those of one way: it may take long, and others are to be
/// answered meanwhile.
inline constexpr int ledger_threads_a_way = threads_a_way - 2;

/// That may make a report at once, of those of one way: it takes long, and much memory.
inline constexpr int report_threads_a_way = 2;

}  // namespace tollgate::control
