#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/audit_line.hpp"

namespace tollgate::control {

/// What is told, in the audit log, of a file of records that is removed: so that a copy of it can be known
/// for what it is, and nobody can say that it held other things.
struct RemovedFile {
  std::string kind;  ///< `events`, `cdr` or `audit`
  std::string file;  ///< its name, without its folder
  std::uint64_t octets = 0;
  std::uint64_t records = 0;
  std::string first;  ///< time of its oldest record; empty where it has none
  std::string last;
  std::string hash;                   ///< BLAKE2b of its content, 32 octets, in hexadecimal digits
  std::optional<AuditEnd> audit_end;  ///< of a file of the audit log: of its last line
};

/// The entry that tells of it.
AuditEntry entry_of(const RemovedFile& file);

/// Where the chain ended in the file of the audit log of whose removal `line` tells; nothing where it tells
/// of another thing.
std::optional<AuditEnd> removed_audit_end(std::string_view line);

}  // namespace tollgate::control
