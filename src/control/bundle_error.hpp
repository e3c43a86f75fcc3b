#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tollgate::control {

/// Why a bundle, or a key for one, cannot be used.
class BundleError : public std::runtime_error {
 public:
  enum class Reason : std::uint8_t {
    malformed,  ///< not a bundle or key, cut off, or of another format
    untrusted,  ///< signed with a key that is not trusted
    altered,    ///< not what was signed
    refused,    ///< whole and signed, but with what no bundle may have, or more than it may have
  };

  /// What a person is told.
  struct Text {
    std::string place;     ///< the file, and what in it
    std::string found;     ///< what stands there
    std::string expected;  ///< what should
    std::string advice;    ///< what to do
  };

  BundleError(Reason why, Text said)
      : std::runtime_error(
            fmt::format("{}: found {}; expected {}; {}", said.place, said.found, said.expected, said.advice)),
        reason(why),
        text(std::move(said)) {}

  Reason reason;
  Text text;
};

}  // namespace tollgate::control
