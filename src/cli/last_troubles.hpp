#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "cli/log_level.hpp"
#include "cli/log_place.hpp"

namespace tollgate::cli {

/// The last warnings and errors, for whoever asks an appliance how it does. Those of one kind are one: what
/// occurs often does not push out what occurred once.
class LastTroubles {
 public:
  static constexpr std::size_t most = 20;
  static constexpr std::size_t longest_kept = 500;  ///< octets

  struct Trouble {
    LogPlace place;
    LogLevel level = LogLevel::warning;
    std::string what;            ///< the last of them
    std::uint64_t count = 0;     ///< lines that were not written included
    std::uint64_t first_ns = 0;  ///< since 1970
    std::uint64_t last_ns = 0;
  };

  void add(const LogPlace& place, LogLevel level, std::string_view what, std::uint64_t time_ns);

  /// The newest first.
  const std::list<Trouble>& all() const { return all_; }

 private:
  std::list<Trouble> all_;
};

}  // namespace tollgate::cli
