#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "decode/octets.hpp"
#include "record/rollup_key.hpp"

namespace tollgate::record {

/// What was counted of a key, by its number in the file.
struct KeyedMeasures {
  std::int64_t key = 0;  ///< above 0
  Measures measures;

  friend bool operator==(const KeyedMeasures&, const KeyedMeasures&) = default;
};

// The cells of a time that is over stand in a row of octets, in the order of their keys, so that a report
// reads a million of them in a few hundredths of a second. Of each cell:
//
//   +----------------------------+-----------+----------+ - - +
//   | key less the one before it | which are | the first, ...  |
//   | varint                     | 1 octet   | varints         |
//   +----------------------------+-----------+----------+ - - +
//
// `which are`: bit 0 the first of measure_members, and so on; those that are 0 are left out. A varint has
// seven bits an octet, the lowest first; the eighth says that more follow.

/// Keys must rise.
std::string sealed(const std::vector<KeyedMeasures>& cells);

/// Reads them, one by one.
class SealedCells {
 public:
  explicit SealedCells(Octets octets) : rest_(octets) {}

  /// False after the last. Throws RollupError where the octets are no cells.
  bool next(KeyedMeasures& cell);

 private:
  std::uint64_t varint();

  Octets rest_;
  std::uint64_t key_ = 0;
};

}  // namespace tollgate::record
