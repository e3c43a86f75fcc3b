#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "control/audit_line.hpp"

namespace tollgate::control {

/// What is found in an audit log, in all its files from the first line to the last.
struct AuditState {
  AuditEnd end;                  ///< of the last line that follows those before it
  std::uint64_t removed = 0;     ///< lines before the first that is there; a later line tells of them
  std::string file;              ///< in which the wrong line is; else the last
  std::uint64_t wrong_line = 0;  ///< in that file, counted from 1; 0: all are as they were written
  std::string why;               ///< of the wrong line
};

/// Walks the chain up to its first wrong line. Where the first files are missing, a line behind them has to
/// tell that they were removed, and where their chain ended. Throws AuditError where a file cannot be read.
AuditState verify_audit(const std::string& path);

/// Up to `most` lines behind that number, as they stand, of as many octets: one line at least. What is wrong
/// with them is not looked for; of each file no more is read than it takes to find them. Throws AuditError
/// where a file cannot be read; a log that is not there yet has no lines.
std::vector<std::string> audit_lines_after(const std::string& path, std::uint64_t number, std::size_t most,
                                           std::size_t most_octets = std::numeric_limits<std::size_t>::max());

}  // namespace tollgate::control
