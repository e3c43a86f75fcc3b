#pragma once

#include <compare>
#include <string_view>

namespace tollgate::cli {

/// Where in the source a line of the log is written. Lines of one place are of one kind.
struct LogPlace {
  std::string_view file;  ///< of static storage
  int line = 0;

  auto operator<=>(const LogPlace&) const = default;  // NOLINT(modernize-use-nullptr): a false alarm
};

}  // namespace tollgate::cli
