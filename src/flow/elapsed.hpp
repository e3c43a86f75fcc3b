#pragma once

#include <cstdint>

namespace tollgate::flow {

/// Nanoseconds from `since` to `now`; 0 where packet times run backwards, as they do in captures.
inline std::uint64_t elapsed(std::uint64_t since, std::uint64_t now) { return now > since ? now - since : 0; }

}  // namespace tollgate::flow
