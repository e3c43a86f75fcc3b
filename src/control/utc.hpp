#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tollgate::control {

inline constexpr std::uint64_t second_ns = 1'000'000'000;

/// `2026-11-23T01:02:03Z`, of nanoseconds since 1970.
std::string to_utc(std::uint64_t time_ns);
/// The same with milliseconds.
std::string to_utc_ms(std::uint64_t time_ns);

/// The time that `to_utc` writes so; nothing where it is not written so, or there is no such day.
std::optional<std::uint64_t> from_utc(const std::string& text);

/// By the system's clock, since 1970.
std::uint64_t utc_now_ns();

}  // namespace tollgate::control
