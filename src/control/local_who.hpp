#pragma once

#include <string>

namespace tollgate::control {

/// Empty where the machine has no name for the user.
std::string user_name(unsigned user);

/// What the audit log calls a user of this machine: `alice (local, uid 1000)`, and `uid 1000 (local)` where
/// the machine has no name for it. `said`: whom it says to act for, which nobody has proved, as behind sudo:
/// `root (local, uid 0, says alice)`; empty, or its own name, is left out.
std::string local_who(unsigned user, const std::string& said);

}  // namespace tollgate::control
