#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <absl/container/flat_hash_map.h>

namespace tollgate::record {

/// Which of the names that senders give themselves are counted by themselves, so that invented ones cannot
/// take all the room: those that were frequent in the hour before, and of the others the first ones of the
/// hour. Bounded; what finds no room is for the caller to count as `(others)`. One thread.
class FrequentNames {
 public:
  /// `most`: names at a time, at least ten; a tenth of it stays from one hour to the next.
  explicit FrequentNames(std::size_t most) : most_(most) {}

  /// Counts it. Whether it is one of those. `hour`: since 1970.
  bool admit(std::string_view name, std::uint64_t hour);

 private:
  void begin(std::uint64_t hour);

  const std::size_t most_;
  std::uint64_t hour_ = 0;
  absl::flat_hash_map<std::string, std::uint64_t> counts_;  ///< of the hour
};

}  // namespace tollgate::record
