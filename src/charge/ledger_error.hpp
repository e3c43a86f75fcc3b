#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tollgate::charge {

/// What went wrong with the ledger: which one, what, and what to do.
struct LedgerError : std::runtime_error {
  enum class Reason : std::uint8_t {
    other,
    busy,         ///< another process held it for too long: try again
    full,         ///< no room where it is kept
    read_only,    ///< it may not be written
    damaged,      ///< it is no ledger, or no longer a whole one
    unreachable,  ///< its file or server does not answer
    newer,        ///< a later Tollgate made it
    refused,      ///< what was asked for cannot be done; nothing is wrong with the ledger
  };

  explicit LedgerError(const std::string& text) : std::runtime_error(text) {}
  LedgerError(Reason why, const std::string& text) : std::runtime_error(text), reason(why) {}

  Reason reason = Reason::other;
};

}  // namespace tollgate::charge
