#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "control/audit_line.hpp"

namespace tollgate::control {

/// What is found in an audit log from its first line to its last.
struct AuditState {
  AuditEnd end;                  ///< of the last line that follows those before it
  std::uint64_t wrong_line = 0;  ///< counted from 1; 0: all are as they were written
  std::string why;               ///< of the wrong line
};

/// Walks the chain up to its first wrong line. Throws AuditError where the file cannot be read.
AuditState verify_audit(const std::string& path);

/// Up to `most` lines behind that number, as they stand. What is wrong with them is not looked for. Throws
/// AuditError where the file cannot be read; a file that is not there yet has no lines.
std::vector<std::string> audit_lines_after(const std::string& path, std::uint64_t number, std::size_t most);

}  // namespace tollgate::control
