#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollgate::record {

/// The nanoseconds since 1970 of a time as records have it, `2026-11-23T01:02:03.123456Z`, with up to nine
/// digits behind the point or none; nothing where it is another thing, before 1970, or after 2261.
std::optional<std::uint64_t> read_time(std::string_view text);

/// That of a line of events, or of an audit log: of its member `time`, near its begin.
std::optional<std::uint64_t> time_of_line(std::string_view line);

}  // namespace tollgate::record
