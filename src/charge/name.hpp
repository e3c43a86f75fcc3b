#pragma once

#include <cstddef>
#include <cstdint>

#include <absl/container/flat_hash_map.h>

namespace tollgate::charge {

/// A text as numbers, which are compared and hashed in a few instructions: the names that people and
/// protocols give are short. Other texts have other numbers.
struct Name {
  static constexpr std::size_t most_octets = 16;  ///< that stand in it; of a longer text a keyed digest does

  std::uint64_t begin = 0;  ///< the first eight octets, or fewer
  std::uint64_t end = 0;    ///< the last ones, some of which may be the same
  std::uint64_t size = 0;   ///< octets of the text

  friend bool operator==(const Name&, const Name&) = default;
};

struct NameHash {
  std::size_t operator()(const Name& name) const {
    std::uint64_t mixed = (name.begin ^ name.size) * 0x9E37'79B9'7F4A'7C15;
    mixed = (mixed ^ mixed >> 32U ^ name.end) * 0xBF58'476D'1CE4'E5B9;
    return mixed ^ mixed >> 32U;
  }
};
template <class Value>
using NameTable = absl::flat_hash_map<Name, Value, NameHash>;

}  // namespace tollgate::charge
