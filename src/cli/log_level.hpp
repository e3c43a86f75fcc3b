#pragma once

#include <cstdint>
#include <string_view>

namespace tollgate::cli {

/// A warning asks somebody to look; after an error something is not done that should be.
enum class LogLevel : std::uint8_t { info, warning, error };

constexpr std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "";
}

}  // namespace tollgate::cli
