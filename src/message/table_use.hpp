#pragma once

#include <cstdint>

namespace tollgate {

/// How full a bounded table is.
struct TableUse {
  std::uint64_t entries = 0;
  std::uint64_t capacity = 0;

  void add(const TableUse& other) {
    entries += other.entries;
    capacity += other.capacity;
  }
  friend bool operator==(const TableUse&, const TableUse&) = default;
};

}  // namespace tollgate
