#pragma once

#include <cstdint>
#include <string>

namespace tollgate::control {

/// Says where the clock may be ahead, of which nobody should remove records for their age: by what another
/// process wrote last, and by a clock that nobody sets.
class ClockWatch {
 public:
  struct Times {
    std::uint64_t utc_ns = 0;     ///< of the clock in question, since 1970
    std::uint64_t steady_ns = 0;  ///< of the other
  };

  /// `last_ns`: when another process wrote last; 0: nobody knows. `start`: when this one began.
  ClockWatch(std::uint64_t last_ns, Times start) : last_ns_(last_ns), start_(start) {}

  /// Why it may be ahead; empty where nothing tells so.
  std::string doubt(Times now) const;

 private:
  std::uint64_t last_ns_;
  Times start_;
};

}  // namespace tollgate::control
