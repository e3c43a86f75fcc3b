#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::control {

/// What is to become of entries of a list.
enum class ListChangeKind : std::uint8_t {
  add,     ///< they count, perhaps until a time
  remove,  ///< they do not count any more
  expire,  ///< those that count do so until a time
};
std::string_view to_string(ListChangeKind kind);

inline constexpr std::size_t most_changed_values = 1000;
inline constexpr std::size_t longest_changed_value = 1024;

struct ListRequest {
  std::string list;  ///< its name
  ListChangeKind change = ListChangeKind::add;
  std::vector<std::string> values;        ///< one at least, as they were written
  std::optional<std::uint64_t> until_ns;  ///< of `expire` always, of `remove` never
};

/// What the body of a request to change a list says: `{"list": NAME, "change": "add", "values": [...],
/// "until": "2026-12-01T00:00:00Z"}`, and nothing else. Throws Fault.
ListRequest read_list_body(std::string_view body);

}  // namespace tollgate::control
