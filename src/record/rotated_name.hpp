#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollgate::record {

/// What the file at `path` is called once it is put aside: `events-20261123T000000Z.jsonl` of `events.jsonl`,
/// and `events-20261123T000000Z.jsonl.gz` of `events.jsonl.gz`, by the time of its first record; of more than
/// one of the same second `events-20261123T000000Z-000002.jsonl`.
std::string rotated_path(const std::string& path, std::uint64_t time_ns, std::uint64_t serial);

/// What such a name tells. The time is whole seconds.
struct RotatedName {
  std::uint64_t time_ns = 0;
  std::uint64_t serial = 1;
};
/// Of a file's name, without its folder; nothing where the file at `path` is given no such name.
std::optional<RotatedName> read_rotated_name(const std::string& path, std::string_view name);

inline bool is_rotated_name(const std::string& path, std::string_view name) {
  return read_rotated_name(path, name).has_value();
}

}  // namespace tollgate::record
