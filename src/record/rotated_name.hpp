#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tollgate::record {

/// What the file at `path` is called once it is put aside: `events-20261123T000000Z.jsonl` of `events.jsonl`,
/// by the time of its first record; of more than one of the same second
/// `events-20261123T000000Z-000002.jsonl`.
std::string rotated_path(const std::string& path, std::uint64_t time_ns, std::uint64_t serial);

/// Whether a file's name, without its folder, is one that the file at `path` is given so, for some time.
bool is_rotated_name(const std::string& path, std::string_view name);

}  // namespace tollgate::record
