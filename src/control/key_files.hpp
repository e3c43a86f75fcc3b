#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/keys.hpp"

namespace tollgate::control {

// A key's file is one line: what it is, the key in base64, and whose it is.
//
//     tollgate-ed25519 BASE64 rules@example 2026-11-23
//     tollgate-ed25519-secret BASE64 rules@example 2026-11-23

/// Those whose bundles are taken.
using TrustedKeys = std::vector<PublicKey>;

/// The key in a file; throws BundleError where it holds another thing, and std::system_error.
PublicKey read_public_key(const std::string& path);
TrustedKeys read_trusted_keys(const std::vector<std::string>& paths);
/// Refuses a file that others than its owner can read or write, too.
SecretKey read_secret_key(const std::string& path);

/// Makes a pair: `path`, for its owner only, and `path`.pub. Never writes over a file: throws
/// std::system_error where either is there. Precondition: is_key_comment(comment).
PublicKey make_key_files(const std::string& path, const std::string& comment);

/// Whether a key can have it: at most 100 octets that a terminal shows as they are.
bool is_key_comment(std::string_view comment);

}  // namespace tollgate::control
