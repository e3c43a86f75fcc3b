#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace tollgate::control {

/// Who changed what.
struct AuditEntry {
  std::string who;   ///< a token's name, or a local user
  std::string role;  ///< by which it was allowed
  std::string from;  ///< an address, or `local`
  std::string what;  ///< such as `bypass`
  nlohmann::ordered_json before;
  nlohmann::ordered_json after;
};

/// Where a chain of lines has come to.
struct AuditEnd {
  std::uint64_t number = 0;
  std::string hash = std::string(64, '0');  ///< hex digits; zeros before the first line

  bool operator==(const AuditEnd&) const = default;
};

/// A line is longer than this, and it is none.
inline constexpr std::size_t longest_audit_line = 1U << 18U;

/// What is wrong with an audit log, or why it cannot be written: nothing may be changed then.
struct AuditError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The number with which a line begins, whatever else it is; 0 where it does not.
std::uint64_t audit_number_of(std::string_view line);

/// The line of `entry` behind `end`, which it moves; without the end of the line. It is a JSON object whose
/// last two members are `hash_before`, the hash of the line before, and `hash`: BLAKE2b, of 32 octets, over
/// all of the line up to `,"hash":`. Throws AuditError where it would be too long.
std::string audit_line(const AuditEntry& entry, std::uint64_t time_ns, AuditEnd& end);

/// The end of a chain whose last line is `line`, whatever was before it. Throws AuditError where `line` was
/// not written so.
AuditEnd audit_end_at(std::string_view line);

/// The end of the chain that `line` says it is behind. Throws as audit_end_at does.
AuditEnd audit_end_before(std::string_view line);

/// Moves `end` to `line`, which must be the line behind it. Throws AuditError.
void follow_audit(std::string_view line, AuditEnd& end);

}  // namespace tollgate::control
