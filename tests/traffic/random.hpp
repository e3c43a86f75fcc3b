#pragma once

#include <cstdint>
#include <random>

namespace tollgate::traffic {

/// Numbers that depend on the seed alone: the standard fixes mt19937_64, but not what its distributions do
/// with it, so the mapping to a range is our own.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }
  /// 0 .. bound - 1
  std::uint32_t below(std::uint64_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
  }
  /// first .. last
  std::uint32_t between(std::uint32_t first, std::uint32_t last) { return first + below(last - first + 1); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tollgate::traffic
