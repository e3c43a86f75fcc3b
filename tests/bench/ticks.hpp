#pragma once

#include <chrono>
#include <cstdint>

#include "engine/stage_clock.hpp"

namespace tollgate {

/// As an appliance measures the stages of packets, so that what this costs is in the figures.
inline engine::StageClock::Source bench_ticks() {
#ifdef __x86_64__
  return {.ticks = [] { return static_cast<std::uint64_t>(__builtin_ia32_rdtsc()); }, .ns_per_tick = 0.4};
#else
  return {.ticks = [] {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }};
#endif
}

}  // namespace tollgate
